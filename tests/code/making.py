"""The page's snippets, made under node: ``make(node, folder, wanted)``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.support.scripts import run

FORMS = ("kcat", "python", "java", "javascript", "scripts", "http")
AWS_FORMS = ("aws", "boto3")
MAKE = """
import { FORMS, snippet } from './js/code/snippets.js';
import { KAFKA_ACTS, recipes, taskOf } from './js/code/tasks.js';
import { paint } from './js/code/paint.js';
import { sayer } from './js/code/words.js';
const say = { 'pt-BR': sayer(catalogue('code.pt-BR')), en: sayer(catalogue('code.en')) };
const made = ({ form, command, task, at, language = 'pt-BR' }) => {
  const here = { bootstrap: given.bootstrap, client: `${form}-x7k2`, web: 'http://127.0.0.1:8000', sandbox: 'demo' };
  const place = { ...here, open: true, ...at, say: say[language] };
  const found = snippet(form, task ?? taskOf(command, given.state), place, command ?? null);
  const texts = [found.why, ...(found.notes ?? [])].filter(Boolean);
  const unsaid = texts.filter((key) => !say.en.has(key) || !say['pt-BR'].has(key));
  return { form, ...found, painted: paint(found.text ?? '', found.language), unsaid };
};
tell({
  forms: FORMS.map((it) => it.id), acts: KAFKA_ACTS, made: given.wanted.map(made),
  recipes: given.state ? recipes(given.chosen ?? null, given.state) : [],
});
"""


def make(node: str, folder: Path, wanted: list[dict[str, Any]], bootstrap: str = "127.0.0.1:19092", **more: Any) -> Any:
    """wanted: [{"form", "command" or "task", "at"?, "language"?}]; the snippets are under "made", in that order."""
    return run(node, folder, MAKE, {"wanted": wanted, "bootstrap": bootstrap, **more})
