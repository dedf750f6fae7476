"""count.py <report.ndjson> <openapi.json>: what came of the requests that Schemathesis generated.

Fails where fewer than half of the valid requests to an operation were answered with 200, where a refusal of one was no
named rule, and where an operation had no valid request.
"""

import base64
import json
import sys
from collections import Counter, defaultdict


def main(report, document):
    answers, rules, checks = defaultdict(Counter), defaultdict(Counter), Counter()
    for recorder in recorders(report):
        operation = recorder["label"]
        for name, case in recorder["cases"].items():
            interaction = recorder["interactions"].get(name) or {}
            response = interaction.get("response") or {}
            status, mode = response.get("status_code"), case["value"]["meta"]["generation"]["mode"]
            answers[operation, mode][status] += 1
            if mode == "positive" and status in (413, 422):
                rules[operation][status, rule(response)] += 1
        for results in recorder["checks"].values():
            checks.update((result["name"], result["status"]) for result in results)

    print(f"{'operation':<20}{'valid':>8}{'200':>8}{'share':>8}   other answers to valid; answers to invalid")
    failures = []
    for operation in operations(document):
        valid, invalid = answers[operation, "positive"], answers[operation, "negative"]
        share = valid[200] / max(valid.total(), 1)
        others = Counter({status: count for status, count in valid.items() if status != 200})
        print(f"{operation:<20}{valid.total():>8}{valid[200]:>8}{share:>8.0%}   {shown(others)}; {shown(invalid)}")
        if share < 0.5:
            failures.append(f"{operation}: fewer than half of the valid requests are answered with 200")

    print("\nrefused though valid by the schema, by rule")
    named = set(document["components"]["schemas"]["Problem"]["properties"]["type"]["enum"])
    for operation, counts in sorted(rules.items()):
        print(f"{operation:<20}  " + ", ".join(f"{status} {name} {n}" for (status, name), n in sorted(counts.items())))
        failures += [f"{operation}: {status} is of no named rule" for status, name in counts if name not in named]

    print("\nchecks, by result")
    for name in sorted({name for name, _ in checks}):
        print(f"{name:<36}" + shown(Counter({status: n for (other, status), n in checks.items() if other == name})))
    return failures


def recorders(path):
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            recorder = json.loads(line).get("ScenarioFinished", {}).get("recorder", {})
            if recorder.get("cases"):
                yield recorder


def operations(document):
    return [f"{method.upper()} {path}" for path, item in document["paths"].items() for method in item]


def rule(response):
    return json.loads(base64.b64decode(response["content"]["$base64"])).get("type")


def shown(counts):
    return ", ".join(f"{key} {count}" for key, count in sorted(counts.items(), key=str)) or "none"


if __name__ == "__main__":
    with open(sys.argv[2], encoding="utf-8") as text:
        found = main(sys.argv[1], json.load(text))
    sys.exit("\n".join(found) or 0)
