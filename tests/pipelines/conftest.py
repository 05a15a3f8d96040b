"""What the tests of this folder share: one run of the demo company, which takes minutes."""

import pytest

from tests.pipelines.planted import Company


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KPIS_PSEUDONYM_KEY", "a key for tests, long enough")
        patch.delenv("DAGSTER_HOME", raising=False)
        return Company(tmp_path_factory.mktemp("demo"))
