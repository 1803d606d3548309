using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Tppo.Core;
using Tppo.Core.Judging;
using Tppo.Core.Judging.Prompts;
using Tppo.Core.Judging.Reading;
using Tppo.Core.Text;
using Tppo.TestKit;

namespace Tppo.JudgeServer.Tests;

/// <summary>A real model over real HTTP.</summary>
public sealed class ChatServerTests : IAsyncLifetime
{
    private const string Response = "cheap flights, hotel rome";
    private readonly HttpClient http = new();
    private ChatServer server = null!;

    private static JudgeServerOptions Options => new(ModelFiles.SmallChat) { ContextTokens = 1024 };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(File.Exists(ModelFiles.SmallChat), ModelFiles.HowTo(ModelFiles.SmallChat));
        server = await ChatServer.StartAsync(Options with { Threads = 2, WaitingMax = 2 }, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        if (server is not null) await server.DisposeAsync();
    }

    [Fact]
    public async Task An_answer_that_is_held_to_its_form_can_be_read_under_each_template()
    {
        foreach (var name in (TemplateName[])[TemplateName.V1, TemplateName.V2, TemplateName.V3])
        {
            var answer = await AskAsync(Question(name, Response));
            var content = answer["choices"]![0]!["message"]!["content"]!.GetValue<string>();
            var read = AnswerReader.Read(new Completion(content, null, "stop"), Words.Split(Response), JudgeTemplate.Of(name).Form);
            Assert.Equal(ReadingOutcome.Ok, read.Outcome);
            Assert.Equal("stop", answer["choices"]![0]!["finish_reason"]!.GetValue<string>());
            Assert.True(answer["usage"]!["completion_tokens"]!.GetValue<int>() > 5);
        }

        var vote = await AskAsync(Question(TemplateName.V4, Response));
        Assert.Matches("""^\{"vote": "(A|B|tie)"\}$""", Content(vote));
    }

    [Fact]
    public async Task An_answer_depends_on_its_question_alone_whatever_was_asked_before()
    {
        var question = Free("Write a short poem about rain in Rome and the price of umbrellas there.", 1);
        var first = Content(await AskAsync(question));
        await AskAsync(Free("Count to ten.", 2));
        await AskAsync(Question(TemplateName.V2, Response));
        var again = await AskAsync(question);
        Assert.Equal(first, Content(again));
        Assert.Equal(first, Content(await AskAsync(question)));
        await using var other = await ChatServer.StartAsync(Options with { Threads = 1 }, TimeProvider.System);
        Assert.Equal(first, Content(await AskAsync(question, other)));
        Assert.NotEqual(first, Content(await AskAsync(Free("Write a short poem about rain in Rome and the price of umbrellas there.", 3))));
        Assert.Equal(server.Model, again["model"]!.GetValue<string>());
        Assert.Equal(GgufFile.IdOf(ModelFiles.SmallChat), server.Model);
    }

    [Fact]
    public async Task What_two_prompts_share_is_read_once()
    {
        var question = Question(TemplateName.V2, Response);
        await AskAsync(question);
        var second = await AskAsync(question);
        var usage = second["usage"]!;
        Assert.InRange(usage["prompt_tokens_details"]!["cached_tokens"]!.GetValue<int>(), 64, usage["prompt_tokens"]!.GetValue<int>() - 1);
    }

    [Fact]
    public async Task A_stream_brings_the_same_answer_piece_by_piece()
    {
        var question = Free("Say hello to Ünal.", 5);
        var whole = await AskAsync(question);
        question["stream"] = true;
        question["stream_options"] = new JsonObject { ["include_usage"] = true };
        using var response = await PostAsync(question.ToJsonString());
        var events = (await response.Content.ReadAsStringAsync(Cancellation)).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("data: [DONE]", events[^1]);
        var chunks = events[..^1].Select(e => JsonNode.Parse(e["data: ".Length..])!).ToList();
        var pieces = chunks.Where(c => c["choices"]!.AsArray().Count > 0).Select(c => c["choices"]![0]!["delta"]!["content"]?.GetValue<string>());
        Assert.Equal(Content(whole), string.Concat(pieces));
        Assert.Equal(whole["usage"]!["completion_tokens"]!.GetValue<int>(), chunks[^1]["usage"]!["completion_tokens"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_persons_text_is_never_a_special_token()
    {
        var plain = await AskAsync(Free("x", 1, tokensMax: 1));
        var marked = await AskAsync(Free("x<|im_end|>", 1, tokensMax: 1));
        // As a special token it would be one.
        Assert.True(Prompted(marked) - Prompted(plain) > 2, $"{Prompted(marked)} after {Prompted(plain)}");
    }

    [Fact]
    public async Task An_answer_that_is_cut_says_so()
    {
        var answer = await AskAsync(Free("Tell me a long story.", 1, tokensMax: 4));
        Assert.Equal("length", answer["choices"]![0]!["finish_reason"]!.GetValue<string>());
        Assert.Equal(4, answer["usage"]!["completion_tokens"]!.GetValue<int>());
    }

    [Theory]
    [InlineData("garbage", 400, "expected JSON")]
    [InlineData("""{"model":"gpt-5","messages":[{"role":"user","content":"x"}]}""", 404, "model 'gpt-5': expected 'gguf-")]
    [InlineData("LONG", 400, "maximum context length is 1024 tokens. However, you requested")]
    public async Task What_cannot_be_answered_is_said_in_one_line_and_the_next_is_answered(string body, int status, string message)
    {
        if (body == "LONG") body = Free(string.Concat(Enumerable.Repeat("word ", 2000)), 1).ToJsonString();
        using var response = await PostAsync(body);
        Assert.Equal(status, (int)response.StatusCode);
        var error = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancellation))!["error"]!;
        Assert.Contains(message, error["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.NotEmpty(Content(await AskAsync(Free("Say hello.", 1, tokensMax: 3))));
    }

    [Fact]
    public async Task More_than_may_wait_are_sent_away_and_who_leaves_frees_the_next()
    {
        using var leaves = new CancellationTokenSource();
        var long1 = PostAsync(Free("Tell me a very long story.", 1, tokensMax: 900).ToJsonString(), leaves.Token);
        await Task.Delay(300, Cancellation);
        var waiting = Enumerable.Range(0, 3).Select(i => PostAsync(Free("Say hello.", i, tokensMax: 3).ToJsonString())).ToList();
        var first = await Task.WhenAny(waiting);
        using (var busy = await first)
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, busy.StatusCode);
            Assert.Equal(TimeSpan.FromSeconds(1), busy.Headers.RetryAfter!.Delta);
        }

        await leaves.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => long1);
        foreach (var answered in waiting.Where(w => w != first))
        {
            using var response = await answered;
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }

    [Fact]
    public async Task It_says_that_it_is_there_and_which_model_it_is()
    {
        Assert.Equal("""{"status":"ok"}""", await http.GetStringAsync(new Uri($"{server.Url}/health"), Cancellation));
        var models = JsonNode.Parse(await http.GetStringAsync(new Uri($"{server.Url}/v1/models"), Cancellation))!;
        Assert.Equal(server.Model, models["data"]![0]!["id"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_file_that_is_no_model_is_one_line()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(file, [.. "GGUF"u8, .. new byte[200]], Cancellation);
            var fault = await Assert.ThrowsAsync<UserException>(() => ChatServer.StartAsync(new JudgeServerOptions(file), TimeProvider.System));
            Assert.StartsWith($"{file}: ", fault.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', fault.Message);
            await File.WriteAllTextAsync(file, "text", Cancellation);
            fault = await Assert.ThrowsAsync<UserException>(() => ChatServer.StartAsync(new JudgeServerOptions(file), TimeProvider.System));
            Assert.EndsWith("expected a GGUF file, found another kind", fault.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static JsonObject Free(string content, long seed, int tokensMax = 24) => new()
    {
        ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = content }),
        ["max_tokens"] = tokensMax,
        ["seed"] = seed,
    };

    private static JsonObject Question(TemplateName name, string response)
    {
        var input = new JudgeInput([], response) { Other = name == TemplateName.V4 ? "other words" : "" };
        return new JsonObject
        {
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = JudgePrompt.Write(JudgeTemplate.Of(name), input) }),
            ["temperature"] = 0,
            ["response_format"] = new JsonObject
            {
                ["type"] = "json_schema",
                ["json_schema"] = new JsonObject { ["name"] = "judgement", ["strict"] = true, ["schema"] = JsonNode.Parse(AnswerSchema.Of(name, response)) },
            },
        };
    }

    private static string Content(JsonNode answer) => answer["choices"]![0]!["message"]!["content"]!.GetValue<string>();

    private static int Prompted(JsonNode answer) => answer["usage"]!["prompt_tokens"]!.GetValue<int>();

    private async Task<JsonNode> AskAsync(JsonObject body, ChatServer? of = null)
    {
        using var response = await PostAsync(body.ToJsonString(), of: of);
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True(response.StatusCode == HttpStatusCode.OK, text);
        return JsonNode.Parse(text)!;
    }

    private Task<HttpResponseMessage> PostAsync(string body, CancellationToken? cancellation = null, ChatServer? of = null) => http.PostAsync(
        new Uri($"{(of ?? server).Url}/v1/chat/completions"), new StringContent(body, Encoding.UTF8, "application/json"), cancellation ?? Cancellation);
}
