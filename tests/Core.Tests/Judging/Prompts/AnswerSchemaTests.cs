using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tppo.Core.Judging;
using Tppo.Core.Judging.Prompts;
using Tppo.Core.Judging.Reading;
using Tppo.Core.Text;

namespace Tppo.Core.Tests;

public class AnswerSchemaTests
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private const string Response = "Red shoes, red \"socks\"";

    [Fact]
    public void Whatever_scores_fill_a_schema_the_answer_is_read_in_full()
    {
        foreach (var template in JudgeTemplate.All.Where(t => t.Form != AnswerForm.Vote))
        {
            for (var seed = 0; seed < 16; seed++)
            {
                var at = seed;
                var content = Filled(Schema(template.Name, Response), choices => choices[(at = (at * 5) + 3) / 4 % choices.Count]!).ToJsonString();
                var read = AnswerReader.Read(new Completion(content), Words.Split(Response), template.Form);
                // A dictionary may say two things of "Red" and "red": then that word is masked.
                if (read.Conflicts.Count > 0) continue;
                Assert.Equal(ReadingOutcome.Ok, read.Outcome);
                Assert.NotEqual(Category.None, read.Whole);
            }
        }
    }

    [Fact]
    public void A_vote_is_one_of_three()
    {
        var schema = Schema(TemplateName.V4, Response);
        Assert.Equal(["A", "B", "tie"], schema["properties"]!["vote"]!["enum"]!.AsArray().Select(v => (string)v!));
        Assert.Equal("B", VoteReader.Read(new Completion("""I first thought {"vote": "A"}, but {"vote": "b"}""")));
        Assert.Null(VoteReader.Read(new Completion("""{"vote": "C"}""")));
        Assert.Null(VoteReader.Read(new Completion(null, "no")));
    }

    [Fact]
    public void There_is_room_for_the_longest_answer_a_byte_a_token()
    {
        foreach (var template in JudgeTemplate.All.Where(t => t.Name != TemplateName.V1))
        {
            var response = string.Join(", ", Enumerable.Range(0, 40).Select(i => $"wörd{i} \"x\\y\" 👨‍👩‍👧"));
            var content = Filled(Schema(template.Name, response), choices => choices[^1]!).ToJsonString(Plain);
            Assert.True(AnswerSchema.TokensMax(template, response) >= Encoding.UTF8.GetByteCount(content), template.Name.ToString());
        }
    }

    private static JsonNode Schema(TemplateName template, string response) => JsonNode.Parse(AnswerSchema.Of(template, response))!;

    private static JsonNode Filled(JsonNode schema, Func<JsonArray, JsonNode> choose)
    {
        if (schema["const"] is { } value) return value.DeepClone();
        if (schema["enum"] is JsonArray choices) return choose(choices).DeepClone();
        if (schema["prefixItems"] is JsonArray items) return new JsonArray([.. items.Select(i => Filled(i!, choose))]);
        var filled = new JsonObject();
        foreach (var (name, property) in schema["properties"]!.AsObject()) filled[name] = Filled(property!, choose);
        return filled;
    }
}
