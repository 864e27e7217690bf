"""The task of many a first example; it writes the mail into the log of its job, and sends nothing."""

from worker import current_job, task


@task("send-email", retries=3, timeout="30s")
def send_email(to: str, subject: str, template: str) -> dict[str, str]:
    """Say what would be sent to whom."""
    job = current_job()
    job.log(f"to {to}: {subject} (template {template})")
    return {"to": to, "status": "sent"}
