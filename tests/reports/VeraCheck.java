import java.io.File;
import java.io.InputStream;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;
import org.verapdf.pdfa.validation.profiles.Profiles;
import org.verapdf.pdfa.validation.profiles.RuleId;
import org.verapdf.pdfa.validation.profiles.ValidationProfile;

/** Asks veraPDF whether files keep to flavours: VeraCheck 3a,ua1 FILE... Exit code 1 if any does not. */
public class VeraCheck {
  private static final String PROFILES = "/org/verapdf/pdfa/validation/";

  public static void main(String[] arguments) throws Exception {
    Logger.getLogger("").setLevel(Level.SEVERE);
    VeraGreenfieldFoundryProvider.initialise();
    boolean clean = true;
    for (int n = 1; n < arguments.length; n++) {
      for (String flavour : arguments[0].split(",")) {
        clean &= check(new File(arguments[n]), flavour);
      }
    }
    System.exit(clean ? 0 : 1);
  }

  private static boolean check(File file, String name) throws Exception {
    PDFAFlavour flavour = PDFAFlavour.byFlavourId(name);
    try (PDFAParser parser = Foundries.defaultInstance().createParser(file, flavour);
        PDFAValidator validator = Foundries.defaultInstance().createValidator(profile(name), false)) {
      ValidationResult result = validator.validate(parser);
      System.out.println(file.getName() + " " + name + " " + (result.isCompliant() ? "compliant" : "not compliant"));
      for (RuleId rule : result.getFailedChecks().keySet()) {
        System.out.println("  " + rule.getClause() + "-" + rule.getTestNumber() + " " + first(result, rule));
      }
      return result.isCompliant();
    }
  }

  private static ValidationProfile profile(String name) throws Exception {
    String file = name.startsWith("ua") ? "PDFUA-" + name.substring(2) : "PDFA-" + name.toUpperCase();
    try (InputStream xml = VeraCheck.class.getResourceAsStream(PROFILES + file + ".xml")) {
      return Profiles.profileFromXml(xml);
    }
  }

  private static String first(ValidationResult result, RuleId rule) {
    for (TestAssertion found : result.getTestAssertions()) {
      if (found.getRuleId().equals(rule)) {
        return found.getMessage() + " at " + found.getLocation().getContext();
      }
    }
    return "";
  }
}
