using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tppo.Core;
using Tppo.Core.Judging;
using Tppo.Core.Judging.Reading;
using Tppo.Core.Text;

namespace Tppo.Cli.Inspect;

/// <summary><c>tppo inspect judgement</c>: what the labeler makes of one answer of a judge.</summary>
internal static class JudgementCommand
{
    private const long BytesMost = 16 << 20;
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create()
    {
        var answer = new Option<FileInfo>("--answer") { Description = "A completion as JSON {\"content\",\"refusal\",\"finish_reason\"}.", Required = true };
        var queries = new Option<string>("--queries") { Description = "The response that was judged: queries with commas between.", Required = true };
        var text = new Option<bool>("--text") { Description = "The file is the bare content." };
        var command = new Command(
            "judgement",
            "What comes of a judge's answer to a response: a score a word (2 relevant, 1 irrelevant, 0 masked), or why it is rejected (exit code 3).")
        {
            answer, queries, text,
        };
        command.SetAction(parsed =>
        {
            var words = Words.Split(parsed.GetValue(queries)!);
            var read = AnswerReader.Read(Completion(parsed.GetValue(answer)!, parsed.GetValue(text)), words);
            Console.Out.WriteLine(Shown(read, words).ToJsonString(Json));
            return read.Outcome == ReadingOutcome.Reject ? Exit.Differs : Exit.Done;
        });
        return command;
    }

    private static Completion Completion(FileInfo file, bool isText)
    {
        if (!file.Exists) throw new UserException($"{file.FullName}: no such file");
        if (file.Length > BytesMost) throw new UserException($"{file.FullName}: expected at most {BytesMost} bytes, found {file.Length}");
        var content = File.ReadAllText(file.FullName);
        if (isText) return new Completion(content);
        try
        {
            using var json = JsonDocument.Parse(content);
            if (json.RootElement.ValueKind != JsonValueKind.Object) throw new UserException($"{file.FullName}: expected an object, or --text");
            return new Completion(Field(json, "content", file), Field(json, "refusal", file), Field(json, "finish_reason", file));
        }
        catch (JsonException e)
        {
            throw new UserException($"{file.FullName}: expected a completion as JSON, or --text: {e.Message}", e);
        }
    }

    private static string? Field(JsonDocument json, string name, FileInfo file)
    {
        if (!json.RootElement.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null) return null;
        return value.ValueKind == JsonValueKind.String ? value.GetString() : throw new UserException($"{file.FullName}: \"{name}\": expected a text or null");
    }

    private static JsonObject Shown(JudgeReading read, List<Word> words)
    {
        var distinct = new JsonObject();
        var differ = false;
        for (var i = 0; i < read.Words.Count && read.Outcome != ReadingOutcome.Reject; i++)
        {
            var identity = Words.Normalise(words[i].Text);
            if (identity.Length == 0) continue;
            var first = words.FindIndex(w => Words.Normalise(w.Text) == identity);
            if (first == i) distinct[words[i].Text] = (int)read.Words[i];
            else differ |= read.Words[i] != read.Words[first];
        }

        var shown = new JsonObject { ["outcome"] = Name(read.Outcome), ["words"] = distinct };
        if (differ) shown["by_position"] = new JsonArray([.. read.Words.Select(c => (JsonNode)(int)c)]);
        shown["whole"] = read.Whole switch { Category.Relevant => 1, Category.Irrelevant => 0, _ => null };
        shown["reason"] = read.Reason == RejectReason.None ? null : Name(read.Reason);
        shown["retry"] = read.Retry;
        shown["repaired"] = read.Repaired;
        shown["missing"] = List(read.Missing);
        shown["conflicts"] = List(read.Conflicts);
        shown["bad_scores"] = List(read.BadScores);
        shown["ignored"] = List(read.Ignored);
        return shown;
    }

    private static JsonArray List(IReadOnlyList<string> words) => [.. words.Select(w => (JsonNode)w)];

    private static string Name<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
