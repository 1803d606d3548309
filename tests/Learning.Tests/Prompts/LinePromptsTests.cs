using Tppo.Core.Events;
using Tppo.Core.Windows;
using Tppo.Learning.Checkpoints;
using Tppo.Learning.Prompts;
using Tppo.Learning.Tokenizing;

namespace Tppo.Learning.Tests.Prompts;

public sealed class LinePromptsTests
{
    private const int End = 2, Pad = 0;
    private static readonly HistoryEvent[] History = [At(EventType.Search, "marilyn monroe, dolls"), At(EventType.Click, "Toys R Us"), At(EventType.Visit, "")];

    public static TheoryData<string> Tokenizers => ["tokenizers/smollm2", "tokenizers/llama3", "tokenizers/qwen2", "tokenizers/sentencepiece"];

    [Theory]
    [MemberData(nameof(Tokenizers))]
    public void A_history_is_a_line_an_event_and_the_question_whose_last_token_starts_the_response(string name)
    {
        var (tokenizer, prompts) = Of(name);
        var ids = prompts.Prompt(History, 1000);
        var expected = "search: marilyn monroe dolls\nclick: Toys R Us\nvisit: \nnext searches:";
        Assert.Equal(new string(' ', tokenizer.SpacesBefore) + expected, tokenizer.Decode([.. ids, prompts.Specials.Response]));
        var response = prompts.Response(["toys, r us", "dolls"]);
        Assert.Equal(" toys r us, dolls", tokenizer.Decode(response.AsSpan()[..^1]));
        Assert.Equal(End, response[^1]);
    }

    [Theory]
    [MemberData(nameof(Tokenizers))]
    public void Whole_events_are_cut_from_the_left_and_of_one_that_does_not_fit_the_end_is_kept(string name)
    {
        var (tokenizer, prompts) = Of(name);
        var whole = prompts.Prompt(History, 1000);
        for (var most = whole.Length - 1; most > whole.Length - 4; most--)
        {
            var cut = prompts.Prompt(History, most);
            Assert.True(cut.Length <= most);
            Assert.Equal("click: Toys R Us\nvisit: \nnext searches", tokenizer.Decode(cut));
        }

        var alone = prompts.Prompt([At(EventType.Search, string.Join(' ', Enumerable.Repeat("long", 100)) + " last")], 20);
        Assert.Equal(20, alone.Length);
        Assert.EndsWith(" last\nnext searches", tokenizer.Decode(alone), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"eos_token_id\": [7, 8]", null)]
    [InlineData("\"eos_token_id\": 7, \"pad_token_id\": null", null)]
    [InlineData("\"pad_token_id\": 3", "eos_token_id")]
    [InlineData("\"eos_token_id\": []", "eos_token_id")]
    [InlineData("\"eos_token_id\": [\"a\"]", "eos_token_id")]
    [InlineData("\"eos_token_id\": 400", "eos_token_id")]
    [InlineData("\"eos_token_id\": 7, \"pad_token_id\": -1", "pad_token_id")]
    public void The_end_and_the_padding_are_those_of_the_configuration(string ends, string? refused)
    {
        var folder = Directory.CreateTempSubdirectory("ends").FullName;
        File.WriteAllText(Path.Combine(folder, "config.json"), $"{{\"model_type\": \"llama\", \"vocab_size\": 384, {ends}}}");
        if (refused is null) Assert.Equal((7, 7), ModelFolder.EndAndPad(folder));
        else Assert.Contains($"config.json: {refused}: expected", Refused(folder), StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    private static string Refused(string folder) => Assert.Throws<InvalidDataException>(() => ModelFolder.EndAndPad(folder)).Message;

    private static (Tokenizer Tokenizer, LinePrompts Prompts) Of(string name)
    {
        var tokenizer = Tokenizer.OfFolder(Golden.PathOf(name));
        return (tokenizer, new LinePrompts(tokenizer, End, Pad));
    }

    private static HistoryEvent At(EventType type, string text) => new(type, DateTime.UnixEpoch, text, "");
}
