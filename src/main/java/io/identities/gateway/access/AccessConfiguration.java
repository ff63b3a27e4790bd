package io.identities.gateway.access;

import io.identities.gateway.token.TokenVerifier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class AccessConfiguration {

    private static final Logger log = LoggerFactory.getLogger(AccessRules.class);

    @Bean
    AccessRules accessRules(AccessSettings settings) {
        AccessRules rules = settings.toRules();
        rules.describe().forEach(rule -> log.info("Access rule: {}", rule));
        return rules;
    }

    @Bean
    @ConditionalOnMissingBean
    Gatekeeper gatekeeper(AccessRules rules, TokenVerifier verifier) {
        return new Gatekeeper(rules, verifier, System::nanoTime);
    }
}
