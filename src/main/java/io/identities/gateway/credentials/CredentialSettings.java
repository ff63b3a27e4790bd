package io.identities.gateway.credentials;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings {@code identities.credentials.*}: the credential check and the throttling of logins.
 *
 * @param check which credential check is used; required while identities.endpoints.authenticate.enabled is true, unless
 *     there is a bean of type CredentialCheck
 * @param maxConcurrent checks in progress at the same time; further ones get 503 at once
 * @param http the check over HTTP
 * @param htpasswd the check against an htpasswd file
 * @param ldap the check against an LDAP directory
 * @param throttle how often one may fail
 */
@ConfigurationProperties("identities.credentials")
record CredentialSettings(
        @Nullable Kind check,
        @DefaultValue("64") int maxConcurrent,
        @DefaultValue CircuitBreaker circuitBreaker,
        @NestedConfigurationProperty @DefaultValue HttpCheckSettings http,
        @NestedConfigurationProperty @DefaultValue HtpasswdCheckSettings htpasswd,
        @NestedConfigurationProperty @DefaultValue LdapCheckSettings ldap,
        @NestedConfigurationProperty @DefaultValue ThrottleSettings throttle)
        implements InitializingBean {

    /** Bounded, because a slot for each is allocated at start. */
    private static final int MOST_CONCURRENT = 100_000;

    CredentialSettings {
        Setting.within("max-concurrent", maxConcurrent, 1, MOST_CONCURRENT);
        if (check == Kind.HTTP) {
            http.requireComplete();
        }
        if (check == Kind.HTPASSWD) {
            htpasswd.requireComplete();
        }
        if (check == Kind.LDAP) {
            ldap.requireComplete();
        }
    }

    /** @throws IllegalArgumentException when the htpasswd file cannot be read */
    @Override
    public void afterPropertiesSet() {
        if (check == Kind.HTPASSWD) {
            htpasswd.requireReadable();
        }
    }

    enum Kind {
        HTTP,
        HTPASSWD,
        LDAP
    }

    /**
     * When calls to a check that does not respond are suspended.
     *
     * @param window number of latest calls that are looked at; when half of them got no response, the breaker opens
     * @param openFor how long the breaker stays open
     */
    record CircuitBreaker(
            @DefaultValue("20") int window,
            @DefaultValue("1s") Duration openFor) {

        /** Bounded, because a slot for each call is allocated at start. */
        private static final int WIDEST = 100_000;

        CircuitBreaker {
            Setting.within("circuit-breaker.window", window, 1, WIDEST);
            Setting.positive("circuit-breaker.open-for", openFor);
        }
    }
}
