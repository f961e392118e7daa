"""Places that machines share: a folder, fsspec's memory, and a server that speaks S3."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from explorer.artifacts.store import ArtifactStore

BUCKET = "explorer"


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """The address of an S3 server of this test's own, with one bucket; the environment names it to every client."""
    with pytest.MonkeyPatch.context() as patch:
        server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
        server.start()
        address = "http://{}:{}".format(*server.get_host_and_port())
        for name, value in {
            "AWS_ENDPOINT_URL": address,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "a-secret",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }.items():
            patch.setenv(name, value)
        boto3.client("s3").create_bucket(Bucket=BUCKET)
        yield address
        server.stop()


@pytest.fixture(params=["folder", "memory", "s3"])
def artifacts(request: pytest.FixtureRequest, tmp_path: Path) -> ArtifactStore:
    """An empty store of each kind."""
    if request.param == "s3":
        request.getfixturevalue("s3_server")
    prefix = uuid.uuid4().hex
    addresses = {
        "folder": str(tmp_path / "shared"),
        "memory": f"memory://{prefix}",
        "s3": f"s3://{BUCKET}/{prefix}",
    }
    return ArtifactStore(addresses[request.param])
