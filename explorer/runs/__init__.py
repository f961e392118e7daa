"""A training run as records: settings, events, the store and the launcher. No torch, no Streamlit."""

from explorer.runs.config import CHOICES, NUMBERS, TrainingSettings
from explorer.runs.datasets import DATASETS, DatasetFacts, fit_spec
from explorer.runs.errors import LauncherError, LostRunError, SettingsError, StoreError
from explorer.runs.launcher import Launcher, LauncherStatus, LocalLauncher
from explorer.runs.limits import check_trainable, training_need
from explorer.runs.records import ACTIVE, OVER, STATES, Contestant, RaceRecord, RunRecord, StoredEvent
from explorer.runs.store import SERVER_POOL, Store

__all__ = [
    "ACTIVE",
    "CHOICES",
    "DATASETS",
    "NUMBERS",
    "OVER",
    "SERVER_POOL",
    "STATES",
    "Contestant",
    "DatasetFacts",
    "Launcher",
    "LauncherError",
    "LauncherStatus",
    "LocalLauncher",
    "LostRunError",
    "RaceRecord",
    "RunRecord",
    "SettingsError",
    "Store",
    "StoreError",
    "StoredEvent",
    "TrainingSettings",
    "check_trainable",
    "fit_spec",
    "training_need",
]
