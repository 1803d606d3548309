using System.Globalization;
using System.Text.Json.Nodes;
using Tppo.Core;
using Tppo.Core.Events;
using Tppo.Core.Judging;
using Tppo.Core.Judging.Prompts;
using Tppo.Core.Judging.Reading;
using Tppo.Core.Settings;
using Tppo.Core.Windows;
using Tppo.Hosting.Judges;
using Tppo.Hosting.Judges.Chat;
using Tppo.TestKit;
using Tppo.TestKit.Judges;

namespace Tppo.Hosting.Tests;

/// <summary>Over real HTTP, against a stand-in that misbehaves by script; its seconds are our hundredths.</summary>
public class OpenAiJudgeTests
{
    private const string Good = """{"words":[["red",1],["shoes",0]],"whole":1}""";
    private static readonly JudgeInput Input = new(
        [.. Enumerable.Range(0, 10).Select(i => new HistoryEvent(EventType.Search, DateTime.UnixEpoch, $"search number {i} of the history", ""))], "red shoes");

    private readonly HurriedClock clock = new(100);
    private readonly List<string> warnings = [];

    [Fact]
    public async Task A_question_goes_out_by_the_template_with_its_form_and_the_answer_comes_back_read()
    {
        await using var server = await StandInJudge.StartAsync(_ => StandInAnswer.Content(Good));
        var reply = await AskAsync(server, access: new JudgeAccess { UsdPerMillionSent = 1, UsdPerMillionReceived = 10, KeyFile = KeyFile("secret-key") });
        Assert.Equal([Category.Relevant, Category.Irrelevant], reply.Reading.Words);
        Assert.Equal((Good, "stop"), (reply.Completion.Content, reply.Completion.FinishReason));
        Assert.Equal(new JudgeUsage(100, 20, 0.0003), reply.Usage);
        Assert.True(reply.Latency > TimeSpan.Zero);
        var request = Assert.Single(server.Requests);
        Assert.Equal("Bearer secret-key", request.Authorization);
        Assert.Equal(JudgePrompt.Write(JudgeTemplate.Of(TemplateName.V2), Input), request.Prompt);
        Assert.Equal("json_schema", (string)request.Body["response_format"]!["type"]!);
        var schema = JsonNode.Parse(AnswerSchema.Of(TemplateName.V2, Input.Response));
        Assert.True(JsonNode.DeepEquals(schema, request.Body["response_format"]!["json_schema"]!["schema"]));
        Assert.Equal(("m", 0.0, 1), ((string)request.Body["model"]!, (double)request.Body["temperature"]!, (int)request.Body["seed"]!));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task After_429_it_waits_as_long_as_it_is_asked_to_and_asks_again_once(bool isDate)
    {
        var at = new List<DateTimeOffset>();
        await using var server = await StandInJudge.StartAsync(r =>
        {
            at.Add(clock.GetUtcNow());
            var wait = isDate ? (clock.GetUtcNow() + TimeSpan.FromSeconds(8)).ToString("R", CultureInfo.InvariantCulture) : "7";
            return r.Number == 0 ? StandInAnswer.Error(429, "slow down", "rate_limit", ("Retry-After", wait)) : StandInAnswer.Content(Good);
        });
        var reply = await AskAsync(server);
        Assert.Equal(ReadingOutcome.Ok, reply.Reading.Outcome);
        Assert.Equal(2, at.Count);
        Assert.True(at[1] - at[0] >= TimeSpan.FromSeconds(6.99), $"waited {at[1] - at[0]}");
    }

    [Theory]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(529)]
    public async Task An_endpoint_that_fails_in_HTML_is_asked_again(int status)
    {
        await using var server = await StandInJudge.StartAsync(r => r.Number < 2
            ? StandInAnswer.Body(status, "<html><body><h1>Bad\n gateway</h1></body></html>", "text/html")
            : StandInAnswer.Content(Good));
        Assert.Equal(ReadingOutcome.Ok, (await AskAsync(server)).Reading.Outcome);
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task A_history_that_is_too_long_loses_its_oldest_events_once()
    {
        await using var server = await StandInJudge.StartAsync(r => r.Number == 0
            ? StandInAnswer.Error(400, "This model's maximum context length is 8192 tokens, however you requested 9000")
            : StandInAnswer.Content(Good));
        var reply = await AskAsync(server);
        Assert.InRange(reply.Dropped, 1, 9);
        Assert.Equal(2, server.Requests.Count);
        var shown = JudgePrompt.Read(JudgeTemplate.Of(TemplateName.V2), server.Requests[1].Prompt).History;
        Assert.Equal(Input.History.Skip(reply.Dropped).Select(e => e.Text), shown.Select(e => e.Text));
    }

    [Fact]
    public async Task What_is_too_long_all_the_same_is_rejected_and_nothing_else_is()
    {
        await using var server = await StandInJudge.StartAsync(
            _ => StandInAnswer.Error(400, "the request exceeds the available context size", "exceed_context_size_error"));
        var reply = await AskAsync(server);
        Assert.Equal((ReadingOutcome.Reject, RejectReason.ContextLength, false), (reply.Reading.Outcome, reply.Reading.Reason, reply.Reading.Retry));
        Assert.Equal(2, server.Requests.Count);
    }

    [Theory]
    [InlineData(401, "invalid key")]
    [InlineData(402, "pay first")]
    [InlineData(403, "forbidden")]
    [InlineData(404, "The model `m` does not exist")]
    [InlineData(429, "You exceeded your current quota (insufficient_quota)")]
    [InlineData(302, "moved")]
    [InlineData(422, "no such parameter")]
    public async Task What_no_question_would_be_answered_to_stops_it_with_a_clear_line(int status, string message)
    {
        await using var server = await StandInJudge.StartAsync(
            _ => StandInAnswer.Error(status, $"{message} (secret-key)", "", ("Location", "http://elsewhere.example/")));
        var error = await Assert.ThrowsAsync<UserException>(() => AskAsync(server, access: new JudgeAccess { KeyFile = KeyFile("secret-key") }));
        Assert.Contains($"HTTP {status}", error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        // Though the endpoint says the key back.
        Assert.DoesNotContain("secret-key", error.ToString(), StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Parameters_that_an_endpoint_refuses_are_left_out_from_then_on()
    {
        await using var server = await StandInJudge.StartAsync(r =>
            r.Body.ContainsKey("max_tokens") ? StandInAnswer.Error(400, "Unsupported parameter: 'max_tokens'; use 'max_completion_tokens'")
            : r.Body.ContainsKey("response_format") ? StandInAnswer.Error(400, "response_format is not supported")
            : StandInAnswer.Content(Good));
        using var judge = Judge(server);
        Assert.Equal(ReadingOutcome.Ok, (await judge.AskAsync(Input, 0, Cancelled)).Reading.Outcome);
        Assert.Equal(ReadingOutcome.Ok, (await judge.AskAsync(Input, 0, Cancelled)).Reading.Outcome);
        Assert.Equal(4, server.Requests.Count);
        Assert.Equal(2, warnings.Count);
    }

    [Theory]
    [InlineData("error in the stream")]
    [InlineData("cut in the middle")]
    [InlineData("silence in the middle")]
    [InlineData("silence before the first byte")]
    [InlineData("more than can be an answer")]
    [InlineData("error under 200")]
    public async Task What_breaks_while_it_answers_is_asked_again_and_is_paid_for(string how)
    {
        var delta = $"data: {StandInAnswer.Delta("{\"words\"")}\n\n";
        var bad = how switch
        {
            "error in the stream" => StandInAnswer.Events(StandInAnswer.Delta("{\"words\""), """{"error":{"message":"lost"}}""", "[DONE]"),
            "cut in the middle" => StandInAnswer.Drip("text/event-stream", (0, delta), (-50, "")),
            "silence in the middle" => StandInAnswer.Drip("text/event-stream", (0, delta), (60_000, delta)),
            "silence before the first byte" => StandInAnswer.Content(Good).After(TimeSpan.FromMinutes(1)),
            "more than can be an answer" => StandInAnswer.Body(200, new string('x', 2 << 20)),
            _ => StandInAnswer.Error(200, "overloaded"),
        };
        await using var server = await StandInJudge.StartAsync(r => r.Number == 0 ? bad : StandInAnswer.Content(Good));
        var reply = await AskAsync(server);
        Assert.Equal(ReadingOutcome.Ok, reply.Reading.Outcome);
        Assert.Equal(2, server.Requests.Count);
        Assert.Equal(server.Requests[0].Key, server.Requests[1].Key);
        Assert.True(reply.Usage.PromptTokens > 100, "the first call's tokens count too");
    }

    [Fact]
    public async Task A_question_on_which_it_breaks_again_and_again_is_given_up_with_its_reason_and_the_others_go_on()
    {
        await using var server = await StandInJudge.StartAsync(
            r => r.Prompt.Contains("poison", StringComparison.Ordinal) ? StandInAnswer.Body(500, "boom") : StandInAnswer.Content(Good));
        using var judge = Judge(server);
        var others = Enumerable.Range(0, 200).Select(async _ => await judge.AskAsync(Input, 0, Cancelled)).ToList();
        var poison = await judge.AskAsync(Input with { History = [Input.History[0] with { Text = "poison" }] }, 0, Cancelled);
        Assert.Equal((RejectReason.Error, false), (poison.Reading.Reason, poison.Reading.Retry));
        Assert.All(await Task.WhenAll(others), r => Assert.Equal(ReadingOutcome.Ok, r.Reading.Outcome));
        Assert.Equal(CallPolicy.BreaksMax, server.Requests.Count(r => r.Prompt.Contains("poison", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task While_the_endpoint_is_away_few_calls_are_made_and_no_question_is_given_up()
    {
        var away = true;
        await using var server = await StandInJudge.StartAsync(_ => away ? StandInAnswer.Body(503, "down") : StandInAnswer.Content(Good));
        using var judge = Judge(server);
        var asked = Enumerable.Range(0, 20).Select(async i => await judge.AskAsync(Input with { Response = $"red shoes {i}" }, 0, Cancelled)).ToList();
        while (!judge.IsWaiting) await Task.Delay(5, Cancelled);
        var calls = server.Requests.Count;
        await Task.Delay(3000, Cancelled); // five minutes of its time
        Assert.InRange(server.Requests.Count - calls, 1, 40);
        Assert.DoesNotContain(asked, a => a.IsCompleted);
        away = false;
        await Task.WhenAll(asked);
        Assert.Contains(warnings, w => w.Contains("calls keep failing (HTTP 503: down)", StringComparison.Ordinal));
        Assert.Contains(warnings, w => w.Contains("it answers again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_unusable_answer_is_a_reply_with_its_reason_and_no_score()
    {
        await using var server = await StandInJudge.StartAsync(r => r.Number switch
        {
            0 => StandInAnswer.Json(200, new JsonObject { ["choices"] = new JsonArray() }),
            1 => StandInAnswer.Content(null, refusal: "I cannot help with that."),
            2 => StandInAnswer.Content("""{"words":[["red",1],["sho""", finish: "length"),
            _ => StandInAnswer.Content("I can't fulfill this request."),
        });
        using var judge = Judge(server);
        (RejectReason, bool)[] expected =
            [(RejectReason.Empty, true), (RejectReason.Refusal, false), (RejectReason.Truncated, true), (RejectReason.NoJson, true)];
        foreach (var (reason, retry) in expected)
        {
            var reply = await judge.AskAsync(Input, 0, Cancelled);
            Assert.Equal((reason, retry), (reply.Reading.Reason, reply.Reading.Retry));
            Assert.All(reply.Reading.Words, w => Assert.Equal(Category.None, w));
        }
    }

    [Fact]
    public async Task A_call_that_is_given_up_blocks_nobody()
    {
        await using var server = await StandInJudge.StartAsync(_ => StandInAnswer.Content(Good).After(TimeSpan.FromMinutes(1)));
        using var judge = new OpenAiJudge(Settings, TemplateName.V2, new JudgeAccess { Url = server.Url }, TimeProvider.System, warnings.Add);
        using var source = new CancellationTokenSource(200);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await judge.AskAsync(Input, 0, source.Token));
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private static JudgeSettings Settings => new() { Kind = JudgeKind.Openai, Model = "m" };

    private OpenAiJudge Judge(StandInJudge server, JudgeAccess? access = null) =>
        new(Settings, TemplateName.V2, (access ?? new JudgeAccess()) with { Url = server.Url, Streams = false }, clock, w =>
        {
            lock (warnings) warnings.Add(w);
        });

    private async Task<JudgeReply> AskAsync(StandInJudge server, JudgeAccess? access = null)
    {
        using var judge = Judge(server, access);
        return await judge.AskAsync(Input, 0, Cancelled);
    }

    private static string KeyFile(string key)
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, key + "\n");
        return file;
    }
}
