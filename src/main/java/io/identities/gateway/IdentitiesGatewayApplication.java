package io.identities.gateway;

import java.time.Clock;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Bean;

/** The authentication gateway. Settings live under {@code identities.*}; see the README. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class IdentitiesGatewayApplication {

    public static void main(String[] args) {
        SpringApplication.run(IdentitiesGatewayApplication.class, args);
    }

    @Bean
    @ConditionalOnMissingBean
    Clock clock() {
        return Clock.systemUTC();
    }
}
