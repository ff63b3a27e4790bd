package io.identities.gateway.audit;

import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class AuditConfiguration {

    @Bean
    SecurityEvents securityEvents(ObjectProvider<SecurityEvents.Listener> listeners) {
        return new SecurityEvents(listeners.orderedStream().toList());
    }

    @Bean
    AuditLog auditLog() {
        return new AuditLog();
    }

    @Bean
    SecurityMetrics securityMetrics(MeterRegistry registry) {
        return new SecurityMetrics(registry);
    }
}
