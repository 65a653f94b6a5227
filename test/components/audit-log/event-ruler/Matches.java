import com.fasterxml.jackson.databind.ObjectMapper;
import software.amazon.event.ruler.Ruler;

/** Reads a list of {pattern, event} and answers with a list of whether the event matches, as EventBridge decides. */
public class Matches {
  public static void main(String[] args) throws Exception {
    var json = new ObjectMapper();
    var answers = json.createArrayNode();
    for (var each : json.readTree(System.in))
      answers.add(Ruler.matchesRule(each.get("event").toString(), each.get("pattern").toString()));
    System.out.println(answers);
  }
}
