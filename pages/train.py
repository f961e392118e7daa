"""Train: contestants race on the same data, live."""
import streamlit as st
st.header("Train")
