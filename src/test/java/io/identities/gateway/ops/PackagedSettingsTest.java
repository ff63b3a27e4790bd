package io.identities.gateway.ops;

import static org.assertj.core.api.Assertions.assertThat;

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

        assertThatBothCount();
    }

    @Test
    void locationThatLeavesOutTheSettingsInTheJarDoesNot() throws Exception {
        load("spring.config.location", file());

        assertThatBothCount();
    }

    @Test
    void locationThatKeepsThemReadsThemOnce() throws Exception {
        load("spring.config.location", "classpath:/," + file());

        assertThatBothCount();
    }

    @Test
    void otherNameOfFilesDoesNotLeaveThemOut() {
        load("spring.config.name", "gateway");

        assertThat(environment.getProperty("server.shutdown")).isEqualTo("graceful");
    }

    @Test
    void fileOfTheSameNameThatComesFirstOnTheClassPathGoesBeforeThem() {
        environment
                .getPropertySources()
                .addLast(new MapPropertySource(
                        "Config resource 'class path resource [application.yml]' via location 'optional:classpath:/'",
                        Map.of("server.port", "1")));
        environment.getPropertySources().addLast(new MapPropertySource("defaultProperties", Map.of("x", "y")));
        complete();

        assertThat(environment.getProperty("server.port")).isEqualTo("1");
        assertThat(environment.getProperty("server.shutdown")).isEqualTo("graceful");
        assertThat(environment.getPropertySources())
                .last()
                .satisfies(last -> assertThat(last.getName()).isEqualTo("defaultProperties"));
    }

    private void assertThatBothCount() {
        assertThat(environment.getProperty("server.port")).as("the file's own").isEqualTo("1");
        assertThat(environment.getProperty("server.shutdown")).as("in the jar").isEqualTo("graceful");
        assertThat(environment.getPropertySources().stream().filter(PackagedSettings::isFrom))
                .hasSize(1);
    }

    private String file() throws Exception {
        return "file:" + Files.writeString(folder.resolve("application.yaml"), "server.port: 1\n");
    }

    private void load(String name, String value) {
        environment.getPropertySources().addFirst(new MapPropertySource("arguments", Map.of(name, value)));
        ConfigDataEnvironmentPostProcessor.applyTo(environment);
        complete();
    }

    private void complete() {
        new PackagedSettings().postProcessEnvironment(environment, new SpringApplication());
    }
}
