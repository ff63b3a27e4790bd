package io.identities.gateway.credentials;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

/** Looks up the SSL bundles of the checks and follows their changes while the gateway runs. */
final class CheckBundles {

    private static final Logger log = LoggerFactory.getLogger(CheckBundles.class);

    private final ObjectProvider<SslBundles> bundles;

    CheckBundles(ObjectProvider<SslBundles> bundles) {
        this.bundles = bundles;
    }

    /**
     * Passes a bundle to {@code user}, now and after each change. After a change into something unusable the last
     * usable one stays in force.
     *
     * @param setting below {@code identities.credentials}, for messages
     * @param name null or empty for none: the platform's trust store applies
     * @throws IllegalArgumentException when there is no such bundle
     */
    void follow(String setting, @Nullable String name, Consumer<SslBundle> user) {
        if (name == null || name.isEmpty()) {
            return;
        }
        try {
            SslBundles all = bundles.getObject();
            user.accept(all.getBundle(name));
            all.addBundleUpdateHandler(name, changed -> replace(setting, changed, user));
        } catch (NoSuchSslBundleException e) {
            throw Setting.wrong(setting, "'" + name + "'", "the name of a bundle under spring.ssl.bundle");
        }
    }

    private static void replace(String setting, SslBundle changed, Consumer<SslBundle> user) {
        try {
            user.accept(changed);
            log.info("The changed bundle of identities.credentials.{} is in force for new connections", setting);
        } catch (RuntimeException e) {
            log.warn("The changed bundle of identities.credentials.{} cannot be used: {}", setting, e.getMessage());
        }
    }
}
