"""The object store, any with the S3 API. The only module that imports boto3.

One client a process (it is safe to share between threads). Every error becomes a TransientError: the store may be down for a while,
and nothing that was put is ever deleted because of an error (the commit that names it may have happened).
"""

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, cached_property
from typing import TYPE_CHECKING
from urllib.parse import quote

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from shared.crash_points import effect
from shared.errors import TransientError
from shared.settings import PlatformSettings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# boto3's own defaults wait minutes (60 s, five times). A store on the same network connects in milliseconds.
CONNECT_SECONDS = 2
READ_SECONDS = 5
ATTEMPTS = 2
# The longest lifetime of a link to an attachment.
LONGEST_LINK = 300

# A session's clients are made one after the other; they are then safe to share.
_one_at_a_time = threading.Lock()

_THERE = {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}
_GONE = {"404", "NoSuchKey", "NotFound"}


class NoSuchObject(TransientError):
    """The store answered, and has no object of that name (yet)."""


def new_object_name(folder: str) -> str:
    """A name never used before and never used again: 128 random bits below `folder`."""
    return f"{folder}/{secrets.token_hex(16)}"


@cache
def _session() -> boto3.session.Session:
    """One for all clients: it keeps the S3 API's model, 10 MiB, once that is read."""
    return boto3.session.Session()


def read_model() -> None:
    """Read the S3 API's model, which the first client would read. Connects to nothing."""
    with _one_at_a_time:
        _session().client("s3", region_name="us-east-1", aws_access_key_id="none", aws_secret_access_key="none")  # noqa: S106


class ObjectStore:
    """The bucket that holds attachments and inbound mail."""

    def __init__(self, settings: PlatformSettings) -> None:
        self._settings = settings
        self._bucket = settings.s3_bucket

    @cached_property
    def _client(self) -> "S3Client":
        return self._connect(self._settings.s3_url)

    @cached_property
    def _signer(self) -> "S3Client":
        """Signs links for the address that browsers use; it makes no calls."""
        return self._connect(self._settings.s3_public_url or self._settings.s3_url)

    def _connect(self, address: str) -> "S3Client":
        with _one_at_a_time:
            return self._make_client(address)

    def _make_client(self, address: str) -> "S3Client":
        return _session().client(
            "s3",
            endpoint_url=address,
            aws_access_key_id=self._settings.s3_access_key,
            aws_secret_access_key=self._settings.s3_secret_key,
            region_name=self._settings.s3_region,
            config=Config(
                signature_version="s3v4",
                s3={"addressing_style": "path"},
                # Newer boto3 adds checksum trailers that other stores than Amazon's reject.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
                connect_timeout=CONNECT_SECONDS,
                read_timeout=READ_SECONDS,
                retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
                max_pool_connections=32,
            ),
        )

    @effect
    def put(self, key: str, body: bytes, media_type: str) -> None:
        """Store `body`, whole or not at all. Raises TransientError."""
        with _as_transient():
            self._client.put_object(Bucket=self._bucket, Key=key, Body=body, ContentType=media_type)

    def get(self, key: str) -> bytes:
        """The object's bytes. Raises NoSuchObject, TransientError."""
        with _as_transient():
            return self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()

    @effect
    def delete(self, key: str) -> None:
        """Remove the object, if it exists. Raises TransientError."""
        with _as_transient():
            self._client.delete_object(Bucket=self._bucket, Key=key)

    def exists(self, key: str) -> bool:
        """Whether there is such an object. Raises TransientError."""
        try:
            with _as_transient():
                self._client.head_object(Bucket=self._bucket, Key=key)
        except NoSuchObject:
            return False
        return True

    def presign(self, key: str, name: str, seconds: int, media_type: str, *, inline: bool = False) -> str:
        """A link that downloads the object as a file called `name`, or shows it (`inline`), for `seconds` (at most LONGEST_LINK)."""
        disposition = "inline" if inline else "attachment"
        return self._signer.generate_presigned_url(
            "get_object",
            Params={
                "Bucket": self._bucket,
                "Key": key,
                # RFC 6266 and 8187: an ASCII name for old clients, the real one for all others.
                "ResponseContentDisposition": f"{disposition}; filename=\"{_ascii(name)}\"; filename*=UTF-8''{quote(name, safe='')}",
                "ResponseContentType": media_type,
            },
            ExpiresIn=min(seconds, LONGEST_LINK),
        )

    def ensure_bucket(self) -> None:
        """Make the bucket unless it is there. Raises TransientError."""
        with _as_transient():
            try:
                self._client.head_bucket(Bucket=self._bucket)
                return
            except ClientError as error:
                if _code(error) not in {"404", "NoSuchBucket"}:
                    raise
            try:
                self._client.create_bucket(Bucket=self._bucket)
            except ClientError as error:
                if _code(error) not in _THERE:
                    raise

    def check(self) -> None:
        """Raises TransientError unless the store answers and has our bucket."""
        with _as_transient():
            self._client.head_bucket(Bucket=self._bucket)

    def list_objects(self, folder: str, after: str = "") -> Iterator[tuple[str, float]]:
        """Every object below `folder` after the name `after`, by name: its name, and when it was put (Unix seconds, store's clock).

        Raises TransientError.
        """
        with _as_transient():
            for page in self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=f"{folder}/", StartAfter=after
            ):
                for entry in page.get("Contents", []):
                    yield entry["Key"], entry["LastModified"].timestamp()


def _ascii(name: str) -> str:
    return "".join(character if " " <= character <= "~" and character not in '"\\%' else "_" for character in name)


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


@contextmanager
def _as_transient() -> Iterator[None]:
    """Turn boto3's errors into ours, without its addresses and keys."""
    try:
        yield
    except ClientError as error:
        kind = NoSuchObject if _code(error) in _GONE else TransientError
        raise kind(f"the object store refused: {_code(error)}") from error
    except (BotoCoreError, OSError) as error:
        raise TransientError(f"the object store is away: {type(error).__name__}") from error
