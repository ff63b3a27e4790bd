package io.identities.gateway.ops;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.core.env.CommandLinePropertySource;
import org.springframework.core.env.Environment;

/**
 * Arguments without their two dashes. Spring takes them for no settings, and the gateway would start as if they were not
 * there: a rule missing, or serving where somebody asked for a check.
 */
final class StrayArguments {

    private static final Pattern SETTING =
            Pattern.compile("-?(?:D)?((?:identities|logging|management|server|spring)\\.[^=]+)(=.*)?", Pattern.DOTALL);
    private static final Pattern CHECK = Pattern.compile("-?check(=.*)?", Pattern.DOTALL);

    private StrayArguments() {}

    /** One sentence for each, without its value, which may be a secret. */
    static List<String> problems(Environment environment) {
        List<String> problems = new ArrayList<>();
        for (String argument : arguments(environment)) {
            Matcher setting = SETTING.matcher(argument);
            if (setting.matches()) {
                problems.add(sentence(setting.group(1)));
            } else if (CHECK.matcher(argument).matches()) {
                problems.add(sentence("check"));
            }
        }
        return problems;
    }

    private static String sentence(String name) {
        return name + ": found as an argument without two dashes in front, which does nothing, expected --" + name;
    }

    private static String[] arguments(Environment environment) {
        String all = environment.getProperty(CommandLinePropertySource.DEFAULT_NON_OPTION_ARGS_PROPERTY_NAME, "");
        return all.split(",");
    }
}
