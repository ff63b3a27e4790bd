package io.identities.gateway.ops;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundle;

/**
 * Accepts only SSL bundles with which a handshake can succeed: with the key of another certificate every handshake
 * fails without an explanation. After an update into something unusable the last usable bundle stays in force.
 */
final class ValidatingSslBundleRegistry extends DefaultSslBundleRegistry {

    private static final Logger log = LoggerFactory.getLogger(ValidatingSslBundleRegistry.class);

    private final BundleProblems problems;

    /** @throws InvalidSettingsException if a server has unusable certificates of its own, without a bundle */
    ValidatingSslBundleRegistry(BundleProblems problems) {
        this.problems = problems;
        problems.withoutBundle().ifPresent(ValidatingSslBundleRegistry::refuse);
    }

    @Override
    public void registerBundle(String name, SslBundle bundle) {
        problems.in(name, bundle).ifPresent(ValidatingSslBundleRegistry::refuse);
        problems.warning(name, bundle).ifPresent(log::warn);
        super.registerBundle(name, bundle);
    }

    @Override
    public void updateBundle(String name, SslBundle bundle) {
        problems.in(name, bundle)
                .ifPresentOrElse(
                        problem -> log.warn("The last good bundle stays in force: {}", problem),
                        () -> super.updateBundle(name, bundle));
        problems.warning(name, bundle).ifPresent(log::warn);
    }

    private static void refuse(String problem) {
        throw new InvalidSettingsException(List.of(problem));
    }
}
