package io.identities.gateway.ops;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.core.env.CommandLinePropertySource;
import org.springframework.core.env.Environment;

/**
 * Finds arguments without the two dashes. Spring ignores them, and the gateway would start without them: with a missing
 * rule, or serving instead of checking.
 */
final class StrayArguments {

    /** Word processors and chats make a dash of two hyphens, and a locale that has none makes U+FFFD of its bytes. */
    private static final String DASHES = "([-\\u2010-\\u2015\\u2212\\uFFFD]*)";

    private static final Pattern SETTING = Pattern.compile(
            DASHES + "D?((?:identities|logging|management|server|spring)\\.[^=]+)(=.*)?", Pattern.DOTALL);
    private static final Pattern CHECK = Pattern.compile(DASHES + "check(=.*)?", Pattern.DOTALL);
    private static final Pattern ANY = Pattern.compile(DASHES + "D?([^=]+)(=.*)?", Pattern.DOTALL);

    private StrayArguments() {}

    /** One sentence for each, without its value, which may be a secret. */
    static List<String> problems(Environment environment) {
        List<String> problems = new ArrayList<>();
        for (String argument : arguments(environment)) {
            Matcher setting = SETTING.matcher(argument);
            if (setting.matches()) {
                problems.add(sentence(setting.group(2)));
            } else if (CHECK.matcher(argument).matches()) {
                problems.add(sentence("check"));
            }
        }
        return problems;
    }

    /** The same of arguments that lack the prefix of our settings, too. */
    static List<String> unprefixed(Environment environment, KnownSettings known) {
        List<String> problems = new ArrayList<>();
        for (String argument : arguments(environment)) {
            Matcher any = ANY.matcher(argument);
            if (any.matches()
                    && !SETTING.matcher(argument).matches()
                    && (!any.group(1).isEmpty() || any.group(3) != null)) {
                String full = KnownSettings.PREFIX + '.' + any.group(2);
                if (known.contains(ConfigurationPropertyName.adapt(full, '.'))) {
                    problems.add(sentence(any.group(2), full));
                }
            }
        }
        return problems;
    }

    private static String sentence(String name) {
        return sentence(name, name);
    }

    private static String sentence(String name, String meant) {
        return name + ": found as an argument without two dashes in front, which does nothing, expected --" + meant;
    }

    private static String[] arguments(Environment environment) {
        String all = environment.getProperty(CommandLinePropertySource.DEFAULT_NON_OPTION_ARGS_PROPERTY_NAME, "");
        return all.split(",");
    }
}
