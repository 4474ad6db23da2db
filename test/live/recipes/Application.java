import java.io.File;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;

/** What the test adds to the recipe of docs/consumer.md: an application that asks for tokens until its client secret has been rotated. */
class Application {
  public static void main(String[] args) throws Exception {
    String endpoint = args[0];
    String[] command = java.util.Arrays.copyOfRange(args, 1, args.length);
    List<Boolean> refusals = new ArrayList<>();
    List<String> failures = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    Credential app =
        new Credential(
            stage -> read(command, stage),
            error -> {
              refusals.add(Refusal.isRefused(error));
              return Refusal.isRefused(error);
            });
    URI url = URI.create(endpoint + "/oauth2/v1/token");
    TokenEndpoint tokens = new TokenEndpoint(HttpClient.newHttpClient(), url, "urn:opc:idm:__myscopes__");
    long limit = System.nanoTime() + 120_000_000_000L;
    while (seen.size() < 2 && System.nanoTime() < limit) {
      try {
        app.use(
            version -> {
              String answer = tokens.request(version);
              seen.add(version.secret());
              return answer;
            });
      } catch (Exception error) {
        failures.add('"' + error.getClass().getSimpleName() + '"');
      }
      new File("ready").createNewFile();
      Thread.sleep(20);
    }
    System.out.println(
        "{\"values\":" + seen.size() + ",\"hasTokens\":" + !seen.isEmpty() + ",\"refused\":" + !refusals.isEmpty() + ",\"failures\":" + failures + "}");
  }

  private static final Pattern MEMBER = Pattern.compile("\"(\\w+)\"\\s*:\\s*\"([^\"\\\\]*)\"");

  /** By the official command line, whose answer has the number and the content. */
  private static Version read(String[] command, String stage) {
    try {
      List<String> words = new ArrayList<>(List.of(command));
      words.addAll(List.of("--stage", stage));
      Process process = new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) return null;
      Matcher number = Pattern.compile("\"version-number\": (\\d+)").matcher(answer);
      Matcher content = Pattern.compile("\"content\": \"([^\"]+)\"").matcher(answer);
      if (!number.find() || !content.find()) throw new IllegalStateException("no version in the answer");
      String text = new String(Base64.getDecoder().decode(content.group(1)), StandardCharsets.UTF_8);
      Map<String, Object> members = new java.util.HashMap<>();
      for (Matcher member = MEMBER.matcher(text); member.find(); ) members.put(member.group(1), member.group(2));
      if (text.contains("\"_rotation\"")) members.put("_rotation", true);
      return new Version(Long.parseLong(number.group(1)), members);
    } catch (Exception error) {
      throw new IllegalStateException(error);
    }
  }
}
