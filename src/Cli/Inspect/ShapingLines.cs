using System.Text.Json;
using System.Text.Json.Nodes;
using Tppo.Core.Judging;
using Tppo.Core.Rewards;
using Tppo.Core.Settings;
using Tppo.Core.Text;

namespace Tppo.Cli.Inspect;

/// <summary>Reward shaping of one line; its input states every option.</summary>
internal static class ShapingLines
{
    public static JsonNode? Compute(JsonElement input)
    {
        var isCopied = Fields.Has(input, "copied_value", out var copied) && copied.ValueKind != JsonValueKind.Null;
        var settings = new ShapingSettings
        {
            Map = Fields.OneOf<RewardMap>(Fields.Of(input, "map"), "map"),
            Penalty = Fields.OneOf<LengthPenalty>(Fields.Of(input, "penalty"), "penalty"),
            Granularity = Fields.Has(input, "granularity", out var paid) ? Fields.OneOf<RewardGranularity>(paid, "granularity") : RewardGranularity.Token,
            RepeatRule = Fields.Flag(Fields.Of(input, "repeat_rule"), "repeat_rule"),
            RepeatValue = Fields.Has(input, "repeat_value", out var repeat) ? Fields.Number(repeat, "repeat_value") : -1,
            CopyRule = isCopied,
            CopiedValue = isCopied ? Fields.Number(copied, "copied_value") : -1,
            NewWordRule = Fields.Has(input, "new_word_rule", out var rule) && Fields.Flag(rule, "new_word_rule"),
            MalformedValue = 0,
            FormPenalty = Fields.Has(input, "form_penalty", out var penalty) ? Fields.Number(penalty, "form_penalty") : 0,
            Alpha = Fields.Number(Fields.Of(input, "alpha"), "alpha"),
            SoftLength = Fields.Number(Fields.Of(input, "soft_length"), "soft_length"),
            DivideByWords = Fields.Flag(Fields.Of(input, "divide_by_words"), "divide_by_words"),
            KlWeight = Fields.Number(Fields.Of(input, "beta"), "beta"),
        };
        string[] words = [.. Fields.List(Fields.Of(input, "words"), "words").Select((w, i) => Fields.Text(w, $"words[{i}]"))];
        ScoredToken[] tokens = [.. Fields.List(Fields.Of(input, "tokens"), "tokens").Select((t, i) => Token(t, $"tokens[{i}]", words.Length))];
        var queries = Queries(input, words.Length);
        string[] history = Fields.Has(input, "history", out var searches)
            ? [.. Fields.List(searches, "history").Select((s, i) => Fields.Text(s, $"history[{i}]"))]
            : [];
        var rewards = TokenRewards.Shape(tokens, words, WordGuards.Of(words, queries, history, history), settings);
        if (settings.FormPenalty != 0)
        {
            var wanted = Fields.Whole(Fields.Of(input, "queries_wanted"), "queries_wanted", 1, 1000);
            var given = words.Index().Where(w => Words.Normalise(w.Item).Length > 0).Select(w => queries[w.Index]).Distinct().Count();
            TokenRewards.AddForm(rewards, given, wanted, Fields.Flag(Fields.Of(input, "finished"), "finished"), settings);
        }

        var count = (tokens.Length, "numbers", "tokens");
        var old = Fields.Row(Fields.Of(input, "old_logprobs"), "old_logprobs", count);
        var reference = Fields.Row(Fields.Of(input, "ref_logprobs"), "ref_logprobs", count);
        return new JsonObject
        {
            ["rewards"] = Numbers.Row(rewards),
            ["rewards_with_kl"] = Numbers.Row(rewards.Select((r, l) => r - (settings.KlWeight * (old[l] - reference[l])))),
        };
    }

    // By word; a word that belongs to no query is one of its own.
    private static int[] Queries(JsonElement input, int words)
    {
        int[] queries = [.. Enumerable.Range(0, words).Select(w => -1 - w)];
        if (!Fields.Has(input, "queries", out var lists)) return queries;
        foreach (var (query, list) in Fields.List(lists, "queries").Index())
        {
            foreach (var (i, word) in Fields.List(list, $"queries[{query}]").Index())
                queries[Fields.Whole(word, $"queries[{query}][{i}]", 0, words - 1)] = query;
        }

        return queries;
    }

    private static ScoredToken Token(JsonElement t, string at, int words)
    {
        var p = Fields.Row(Fields.Of(t, "probabilities"), $"{at}.probabilities", (3, "numbers", "the categories"));
        var word = Fields.Of(t, "word");
        if (word.ValueKind != JsonValueKind.Null && words == 0) throw Fields.Other($"{at}.word", "null, since there are no words", word);
        return new ScoredToken(
            Categories.Of((sbyte)Fields.Whole(Fields.Of(t, "category"), $"{at}.category", 0, 2)),
            word.ValueKind == JsonValueKind.Null ? Alignment.NoWord : Fields.Whole(word, $"{at}.word", 0, words - 1),
            Fields.Flag(Fields.Of(t, "eos"), $"{at}.eos"),
            p[1],
            p[2]);
    }
}
