using System.Text;
using Tppo.Hosting.Judges.Chat;

namespace Tppo.Hosting.Tests;

public class ChatBodyTests
{
    private const string Ye = """data: {"choices":[{"delta":{"content":"ye"}}]}""";
    private const string S = """data: {"choices":[{"delta":{"content":"s"},"finish_reason":"stop"}]}""";
    private const string Yes = """data: {"choices":[{"index":0,"delta":{"content":"yes"},"finish_reason":"stop"}]}""";

    [Theory]
    [InlineData("""{"choices":[{"message":{"content":"yes"},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":1}}""", "yes stop 3/1")]
    [InlineData("""{"choices":[{"message":{"content":null,"refusal":"no"},"finish_reason":"stop"}]}""", "null(no) stop -/-")]
    [InlineData("""{"choices":[{"message":{"content":[{"type":"text","text":"ye"},{"type":"text","text":"s"}]}}]}""", "yes - -/-")]
    [InlineData("""{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":0}}""", "null - 3/0")]
    [InlineData(Ye + "\n\n" + S + "\n\ndata: [DONE]\n\n", "yes stop -/-")]
    [InlineData(Yes + "\n\ndata: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":1}}\n\ndata: [DONE]\n\n", "yes stop 3/1")]
    [InlineData("data: {\"choices\":[{\"index\":1,\"delta\":{\"content\":\"no\"}}]}\n\n" + Yes + "\n\n", "yes stop -/-")]
    [InlineData(Yes + "\n\ndata: [DONE]\n\n" + Ye + "\n\n", "yes stop -/-")]
    public void An_answer_is_read_whole_or_as_events(string body, string expected)
    {
        var answer = ChatBody.Read(Encoding.UTF8.GetBytes(body));
        var (content, refusal, finish) = (answer.Completion.Content ?? "null", answer.Completion.Refusal, answer.Completion.FinishReason ?? "-");
        Assert.Equal(expected, $"{content}{(refusal is null ? "" : $"({refusal})")} {finish} {Shown(answer.PromptTokens)}/{Shown(answer.CompletionTokens)}");

        static string Shown(int? tokens) => tokens?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "-";
    }

    [Theory]
    [InlineData("<html><body>Bad gateway</body></html>", "expected a chat completion as JSON")]
    [InlineData("", "expected a chat completion as JSON")]
    [InlineData("{\"choices\":[{\"mess", "expected a chat completion as JSON")]
    [InlineData("{}", "expected \"choices\"")]
    [InlineData("""{"choices":{}}""", "expected a chat completion as JSON")]
    [InlineData("""{"choices":[{"index":0}]}""", "expected a chat completion as JSON")]
    [InlineData("""{"error":{"message":"overloaded","code":"busy"}}""", "upstream_error: busy: overloaded")]
    [InlineData(Ye + "\n\ndata: {\"error\":{\"message\":\"lost\"}}\n\ndata: [DONE]\n\n", "upstream_error: lost")]
    [InlineData("data: {\"choices\":[{\"delta\":{\"content\":\"ye\"}}]}\n\n", "cut off before its end")]
    [InlineData("data: {\"choices\":[{\"delta\":{\"content\":\"ye", "expected a chat completion as JSON")]
    public void What_is_no_answer_is_a_broken_call_and_never_an_empty_one(string body, string message)
    {
        var failure = Assert.Throws<ChatException>(() => ChatBody.Read(Encoding.UTF8.GetBytes(body)));
        Assert.Equal(FailureKind.Broken, failure.Kind);
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
    }

    [Theory]
    [InlineData("1s", 1.0)]
    [InlineData("6m0s", 360.0)]
    [InlineData("250ms", 0.25)]
    [InlineData("1h2m3.5s", 3600.0)]
    [InlineData("2m3.5s", 123.5)]
    [InlineData("7", 7.0)]
    [InlineData("soon", null)]
    [InlineData("", null)]
    public void A_reset_is_read_as_endpoints_write_it(string text, double? seconds) => Assert.Equal(seconds, CallLimits.Duration(text)?.TotalSeconds);

    [Theory]
    [InlineData("http://h:1", "http://h:1/v1/chat/completions")]
    [InlineData("http://h:1/", "http://h:1/v1/chat/completions")]
    [InlineData("http://h:1/v1", "http://h:1/v1/chat/completions")]
    [InlineData("https://h/openai/v1/", "https://h/openai/v1/chat/completions")]
    [InlineData("https://h/x/chat/completions?api-version=1", "https://h/x/chat/completions?api-version=1")]
    public void Completions_are_asked_for_below_what_people_give(string url, string expected) =>
        Assert.Equal(expected, ChatClient.Completions(new Uri(url)).AbsoluteUri);

    [Theory]
    [InlineData("max_tokens is not supported, use max_completion_tokens", true, true, true, true)]
    [InlineData("response_format type is unknown", false, true, true, false)]
    [InlineData("temperature must be 1", false, false, true, true)]
    [InlineData("Unknown field: seed", false, true, false, true)]
    public void What_an_endpoint_refuses_is_left_out(string refusal, bool saysCompletionTokens, bool temperature, bool seed, bool schema)
    {
        var less = new ChatDialect().Without(refusal)!;
        Assert.Equal((saysCompletionTokens, temperature, seed, schema), (less.SaysCompletionTokens, less.TakesTemperature, less.TakesSeed, less.TakesSchema));
        Assert.Null(new ChatDialect().Without("no"));
    }

    [Fact]
    public void A_bucket_lets_through_what_it_may_and_says_how_long_to_wait_for_more()
    {
        var clock = new TestKit.ManualClock();
        var bucket = new TokenBucket(120, clock);
        Assert.Equal([0, 0, 0.5, 1.0], Enumerable.Range(0, 4).Select(_ => bucket.Take(1).TotalSeconds));
        clock.Move(TimeSpan.FromSeconds(1));
        Assert.Equal(0.5, bucket.Take(1).TotalSeconds);
        bucket.Pause(TimeSpan.FromSeconds(9));
        Assert.Equal(9, bucket.Take(1).TotalSeconds);
        Assert.Equal(0, new TokenBucket(null, clock).Take(1e9).TotalSeconds);
    }
}
