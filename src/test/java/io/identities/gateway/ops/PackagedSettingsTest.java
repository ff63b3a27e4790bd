package io.identities.gateway.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

class PackagedSettingsTest {

    private final StandardEnvironment environment = new StandardEnvironment();

    @TempDir
    private Path folder;

    @Test
    void filesOfOnesOwnStandBesideTheSettingsInTheJar() throws Exception {
        load("spring.config.additional-location", file());

        assertThatCode(this::check).doesNotThrowAnyException();
    }

    @Test
    void locationThatLeavesOutTheSettingsInTheJarIsRefused() throws Exception {
        load("spring.config.location", file());

        assertThat(catchThrowable(this::check))
                .hasMessageStartingWith("spring.config.location: found file:" + folder)
                .hasMessageEndingWith("expected spring.config.additional-location for files of your own");
    }

    @Test
    void locationThatKeepsThemIsNot() throws Exception {
        load("spring.config.location", "classpath:/," + file());

        assertThatCode(this::check).doesNotThrowAnyException();
    }

    @Test
    void otherNameOfFilesIsRefused() {
        load("spring.config.name", "gateway");

        assertThat(catchThrowable(this::check))
                .hasMessageStartingWith("spring.config.name: found gateway, which leaves out");
    }

    @Test
    void fileOfTheSameNameThatComesFirstOnTheClassPathIsRefused() {
        environment
                .getPropertySources()
                .addLast(new MapPropertySource(
                        "Config resource 'class path resource [application.yml]' via location 'optional:classpath:/'",
                        Map.of("identities.base-path", "/x")));

        assertThat(catchThrowable(this::check)).hasMessageContaining("expected config/application.yml there");
    }

    private String file() throws Exception {
        return "file:" + Files.writeString(folder.resolve("application.yaml"), "identities.base-path: /x\n");
    }

    private void load(String name, String value) {
        environment.getPropertySources().addFirst(new MapPropertySource("arguments", Map.of(name, value)));
        ConfigDataEnvironmentPostProcessor.applyTo(environment);
    }

    private void check() {
        new PackagedSettings().postProcessEnvironment(environment, new SpringApplication());
    }
}
