package io.identities.gateway.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogTextTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/etc/identities/keys",
                "/secrets.d/users",
                "/tmp/No/such/Folder",
                "~/users",
                "./users",
                "../keys",
                "src/no-such-file",
                "README.md"
            })
    void pathOfAFileThatIsNotThereIsShown(String path) {
        assertThat(LogText.path(Path.of(path))).isEqualTo(path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a-management-token-of-operators",
                "3q2+7w/x8fjs9ZkL0aQvT4mN5bR6cY7uW1eX2dHgKpA=",
                "/8fjs9ZkL0aQvT4mN5bR6cY7uW1eX2dHgKpA+q==",
                "/8fjs9/ZkL0aQvT4mN5bR6cY7uW1eX2dHgKpA",
                "0123456789abcdef0123456789abcdef",
                "alice:$2y$05$abcdefghijklmnopqrstuu/8fjs9ZkL0aQvT4mN5bR6cY7uW1eX2",
                "base64:3q2+7w/x8fjs9ZkL0aQvT4mN5bR6cY7uW1eX2dHgKpA="
            })
    void secretInThePlaceOfItsFileIsNotShown(String secret) {
        assertThat(LogText.path(Path.of(secret))).isEqualTo("a value that is no path (not shown)");
    }

    @Test
    void whatIsThereIsShown(@TempDir Path folder) {
        assertThat(LogText.path(folder)).isEqualTo(folder.toString());
    }
}
