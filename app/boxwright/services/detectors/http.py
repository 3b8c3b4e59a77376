"""HTTP session of downloads, and what goes wrong on a network in sentences. Nothing else here knows a network."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import requests
import truststore
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError, NameResolutionError, NewConnectionError

from boxwright.domain.errors import ModelError
from boxwright.domain.messages import Message, reason_of


class DownloadError(ModelError):
    """A file did not come; what has come is kept where going on makes sense."""


class CutError(Exception):
    """The connection ended before the file did."""


class _SystemTrust(HTTPAdapter):
    """Adapter that trusts the certificates that the system trusts: those of a company's proxy too."""

    def init_poolmanager(self, *args: Any, **settings: Any) -> None:
        super().init_poolmanager(*args, **settings, ssl_context=truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT))

    def proxy_manager_for(self, proxy: str, **settings: Any) -> Any:
        settings["ssl_context"] = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        return super().proxy_manager_for(proxy, **settings)


def open_session() -> requests.Session:
    """Session of the only requests that Boxwright makes. Proxies are those of the environment and of the system."""
    session = requests.Session()
    session.mount("https://", _SystemTrust())
    session.headers["User-Agent"] = "boxwright"
    session.max_redirects = 10
    return session


@contextmanager
def told(source: str) -> Iterator[None]:
    """What goes wrong inside is raised as a DownloadError of one sentence; `source` is the address asked for."""
    host = urlsplit(source).hostname or source
    try:
        yield
    except OSError as error:
        # All errors of requests are OSErrors too.
        if not isinstance(error, requests.RequestException):
            raise DownloadError("The file could not be written: {0}.", reason_of(error)) from error
        if isinstance(error, requests.TooManyRedirects):
            raise DownloadError("{0} leads from one address to the next without end.", host) from error
        raise DownloadError(
            "{0} could not be reached: {1}. Check the network, and the proxy if there is one; a machine without a "
            "network takes the file from a folder.",
            host,
            _network_reason(error),
        ) from error
    except (CutError, HTTPError) as error:
        raise DownloadError(
            "The connection to {0} broke off. What has come is kept: download again to go on from there.", host
        ) from error


def _network_reason(error: BaseException) -> Message:
    """The innermost cause, in a few words."""
    reasons = {
        requests.exceptions.SSLError: Message("its certificate is not one that this system trusts"),
        requests.exceptions.ProxyError: Message("the proxy does not answer or does not let it through"),
        requests.Timeout: Message("it does not answer"),
        requests.exceptions.InvalidURL: Message("its address is not a right one"),
    }
    for kind, words in reasons.items():
        if isinstance(error, kind):
            return words
    told = error.args[0] if error.args else None
    cause = getattr(told, "reason", told)
    if isinstance(cause, NameResolutionError):
        return Message("nobody here knows its name")
    if isinstance(cause, NewConnectionError):
        return Message("it does not take the connection")
    return Message("the connection ended")
