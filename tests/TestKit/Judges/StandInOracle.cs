using Tppo.Core.Judging;
using Tppo.Core.Judging.Prompts;
using Tppo.Core.Text;
using Tppo.Core.World;

namespace Tppo.TestKit.Judges;

/// <summary>Answers prompts about the search world as one who knows its truth, in the form that the prompt asks for.</summary>
/// <param name="world">The world.</param>
public sealed class StandInOracle(SearchWorld world)
{
    private readonly OracleJudge judge = new(world, noise: 0);

    /// <summary>The answer to a prompt of any of the templates.</summary>
    public string Answer(string prompt)
    {
        foreach (var template in JudgeTemplate.All)
        {
            if (!prompt.StartsWith(template.Text[..template.Text.IndexOf("{{", StringComparison.Ordinal)], StringComparison.Ordinal)) continue;
            var items = JudgePrompt.Read(template, prompt);
            return template.Name switch
            {
                TemplateName.V1 => Dictionary(items),
                TemplateName.V2 => Raw(items, items.Response),
                TemplateName.V3 => $$$"""<ACROSS_QUERY_JUDGEMENTS>{"Relevance": {"Score": {{{Whole(items, items.Response)}}}}}</ACROSS_QUERY_JUDGEMENTS>""",
                _ => Vote(items),
            };
        }

        throw new ArgumentException("expected a prompt of one of the templates", nameof(prompt));
    }

    private string Raw(PromptItems items, string response) => Read(items, response).Completion.Content!;

    private JudgeReply Read(PromptItems items, string response) =>
        judge.AskAsync(new JudgeInput(items.History, response), 0, CancellationToken.None).AsTask().GetAwaiter().GetResult();

    private int Whole(PromptItems items, string response) => Score(Read(items, response).Reading.Whole);

    private string Dictionary(PromptItems items)
    {
        var reading = Read(items, items.Response).Reading;
        var words = Words.Split(items.Response).Select(
            (w, i) => $$$"""{{{PromptText.Quoted(w.Text)}}}: {"Relevance": {"Score": {{{Score(reading.Words[i])}}}}}""");
        return $$$"""
            <WORD_SEQUENCE_JUDGEMENTS>
            { {{{string.Join(", ", words)}}} }
            </WORD_SEQUENCE_JUDGEMENTS>
            <ACROSS_QUERY_JUDGEMENTS>
            {"Relevance": {"Score": {{{Score(reading.Whole)}}}}}
            </ACROSS_QUERY_JUDGEMENTS>
            """;
    }

    private string Vote(PromptItems items)
    {
        var (a, b) = (Share(items, items.Response), Share(items, items.Other!));
        return $$"""{"vote": "{{(a > b ? "A" : b > a ? "B" : "tie")}}"}""";
    }

    private double Share(PromptItems items, string response) =>
        Read(items, response).Reading.Words.Select(w => (double)Score(w)).DefaultIfEmpty(0).Average();

    private static int Score(Category category) => category == Category.Relevant ? 1 : 0;
}
