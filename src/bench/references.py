"""The two Spring references, built on first use."""

import shutil
import subprocess

from harness import HERE, PROJECT


def jar(work, name):
    """The path of the jar of the reference of that name: bare or secured."""
    found = work / f"{name}.jar"
    if not found.exists():
        print(f"building the reference {name}", flush=True)
        source = work / f"{name}-source"
        shutil.copytree(HERE / "references" / f"{name}-gateway", source, dirs_exist_ok=True)
        subprocess.run([PROJECT / "mvnw", "-q", "-B", "-DskipTests", "-f", source / "pom.xml", "package"],
                       check=True, stdin=subprocess.DEVNULL)
        shutil.copy(source / "target/reference.jar", found)
    return found
