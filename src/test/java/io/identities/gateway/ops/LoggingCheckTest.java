package io.identities.gateway.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.mock.env.MockEnvironment;

/** What would end in the stack trace of a logging system that has not begun, or in a log without its file. */
class LoggingCheckTest {

    @TempDir
    private Path folder;

    @Test
    void fileThatCannotBeWrittenIsTold() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));

        assertThatThrownBy(() -> check("logging.file.name", folder.toString()))
                .hasMessageStartingWith("logging.file.name: found " + folder + ", which cannot be written (");
        assertThatThrownBy(
                        () -> check("logging.file.path", file.resolve("below").toString()))
                .hasMessageStartingWith(
                        "logging.file.path: found " + file + "/below/spring.log, which cannot be written (");
    }

    @Test
    void fileThatIsNotThereYetIsMade() {
        Path file = folder.resolve("logs").resolve("gateway.log");

        assertThatCode(() -> check("logging.file.name", file.toString())).doesNotThrowAnyException();
        assertThat(file).isEmptyFile();
    }

    @ParameterizedTest
    @CsvSource({
        "logging.config, /no/such/logback.xml, found /no/such/logback.xml",
        "logging.config, classpath:no-such.xml, found classpath:no-such.xml",
        "logging.charset.console, KLINGON-8, found \"KLINGON-8\"",
        "logging.charset.file, not a name, found \"not a name\"",
        "logging.pattern.console, '%d{HH %foo{', found a pattern that cannot be read",
        "logging.pattern.file, '%msg %ex{', found a pattern that cannot be read",
        "logging.logback.rollingpolicy.max-file-size, 10mb, found \"10mb\"",
        "logging.logback.rollingpolicy.max-history, a week, found \"a week\"",
        "logging.structured.format.file, esc, found \"esc\""
    })
    void settingThatLoggingCannotBeginWithIsTold(String name, String value, String found) {
        assertThatThrownBy(() -> check(name, value)).hasMessageStartingWith(name + ": " + found);
    }

    @ParameterizedTest
    @CsvSource({
        "logging.charset.console, utf-8",
        "logging.pattern.console, '%d{HH:mm:ss} %clr(%5p) [%t] %-40.40logger{39} : %m%n%wEx'",
        "logging.pattern.console, ''",
        "logging.logback.rollingpolicy.max-file-size, 10MB",
        "logging.config, ''",
        "logging.file.name, ''"
    })
    void settingThatItCanBeginWithIsLeftAlone(String name, String value) {
        assertThatCode(() -> check(name, value)).doesNotThrowAnyException();
    }

    private static void check(String name, String value) {
        MockEnvironment environment = new MockEnvironment().withProperty(name, value);
        environment.setConversionService(new ApplicationConversionService());
        new LoggingCheck().postProcessEnvironment(environment, new SpringApplication());
    }
}
