"""`login`, `logout`: which server commands speak to, and as whom."""

from __future__ import annotations

import sys
from contextlib import closing

import click

from prompts_cli.command_classes import command
from prompts_cli.failures import Failure, failure
from prompts_cli.options import Options
from prompts_cli.server_choice import Server, client_of
from prompts_cli.session import Session
from prompts_cli.transport.logins import current_server, forget_login, store_login, stored_token


@command(
    "prompts-admin login https://prompts.example.com",
    "prompts-admin login https://prompts.example.com --token pa_...",
    "prompts-admin login http://127.0.0.1:8080 --as pm@example.com",
)
@click.argument("server", metavar="URL")
@click.option("--email", metavar="EMAIL", help="Your address; asked for when not given.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def login_command(session: Session, server: str, email: str | None, password_stdin: bool) -> None:
    """Log in to a server and remember it: commands then go there. The token is kept in a file of mode 0600."""
    from prompts_cli.transport.http import checked_url

    token = session.options.token or _new_session(session, server, email, password_stdin)
    with closing(client_of(Server(server, token), Options())) as client:
        me = client.get("/me")
    store_login(session.environ, server, token)
    who = me.get("email") or me.get("actor")
    # On this machine nobody else is on the way.
    is_loopback = checked_url(server).hostname in ("127.0.0.1", "::1", "localhost")
    if server.startswith("http://") and not is_loopback:
        session.output.hint("warning: without https others on the way can read the token.")
    answer = {"url": server.rstrip("/"), **me}
    session.output.answer(answer, lambda _: session.output.hint(f"Logged in to {server} as {who}."))


@command("prompts-admin logout")
def logout_command(session: Session) -> None:
    """Log out of the server last logged in to, and forget its token."""
    url = session.options.url or current_server(session.environ)
    if not url:
        raise failure("not_found", "You are logged in nowhere.", "prompts-admin login URL")
    token = stored_token(session.environ, url) or ""
    # An API token outlives the login; only a session that `login` began is ended.
    if token and not token.startswith("pa_"):
        with closing(client_of(Server(url, token), Options())) as client:
            try:
                client.delete("/sessions/current")
            except Failure as found:
                if found.code not in ("unauthenticated", "unreachable"):
                    raise
    forget_login(session.environ, url)
    session.output.answer({"url": url}, lambda _: session.output.hint(f"Logged out of {url}."))


def _new_session(session: Session, server: str, email: str | None, password_stdin: bool) -> str:
    """Sign in by address and password, on a demo store by address alone; return the token of the session."""
    who: dict[str, str] = {}
    if session.options.act_as:
        who["email"] = session.options.act_as
    else:
        if password_stdin:
            who["password"] = sys.stdin.readline().rstrip("\r\n")
        elif not session.interactive:
            detail = "There is nobody to ask for a password."
            raise failure("malformed", detail, "Give --token T, or --email with --password-stdin.")
        who["email"] = str(email or click.prompt("Email", err=True))
        if not password_stdin:
            who["password"] = click.prompt("Password", hide_input=True, err=True)
    with closing(client_of(Server(server, ""), Options())) as client:
        return str(client.post("/sessions", who)["token"])
