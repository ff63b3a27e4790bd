package io.identities.gateway.ops;

import io.identities.gateway.audit.LogText;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Describes a configuration location that lacks its trailing slash or has an unsupported extension. */
final class ConfigLocationProblem {

    private static final Pattern FILE = Pattern.compile("Unable to load config data from '(.*)'");
    private static final Pattern TREE = Pattern.compile("Config tree location '(.*)' must end with '/'");

    private ConfigLocationProblem() {}

    /** @return the sentence, or null if {@code cause} is about something else */
    static @Nullable String sentence(Throwable cause) {
        String message = String.valueOf(cause.getMessage());
        Matcher tree = TREE.matcher(message);
        if (tree.matches()) {
            return "spring.config.import: found configtree:" + LogText.of(tree.group(1))
                    + ", expected a slash at its end";
        }
        Matcher file = FILE.matcher(message);
        return file.matches()
                ? "spring.config.additional-location, .location or .import: found " + LogText.of(file.group(1))
                        + ", expected a folder with a slash at its end, or a file that ends in .yaml, .yml or .properties"
                : null;
    }
}
