using System.Text;
using System.Text.Json;
using Tppo.Core.Judging;
using Tppo.Core.Rewards;
using Tppo.Core.Settings;
using Tppo.Core.Statistics;
using Tppo.Core.Text;

namespace Tppo.Core.Tests;

public class GoldenTests
{
    [Fact]
    public void Alignment_agrees_with_the_independent_reading()
    {
        var cases = 0;
        foreach (var (name, input, expected) in Golden.Cases("alignment.jsonl"))
        {
            var words = Words.Split(input.GetProperty("response").GetString()!);
            Assert.Equal(expected.GetProperty("words").EnumerateArray().Select(w => w.GetString()!), words.Select(w => w.Text));
            int at = 0;
            var ends = input.GetProperty("tokens").EnumerateArray().Select(t => at += t.GetString()!.Length / 2).ToArray();
            int[] starts = [.. ends.Length == 0 ? [] : new[] { 0 }.Concat(ends.SkipLast(1))];
            Category[] categories = [.. input.GetProperty("word_categories").EnumerateArray().Select(c => Categories.Of(c.GetSByte()))];
            var found = Alignment.CategoryOfToken(Alignment.WordOfToken(words, starts, ends), categories);
            Assert.True(expected.GetProperty("token_categories").EnumerateArray().Select(c => Categories.Of(c.GetSByte())).SequenceEqual(found), name);
            cases++;
        }

        Assert.True(cases >= 36);
    }

    [Theory]
    [InlineData("shaping.jsonl", 9)]
    [InlineData("shaping_guards.jsonl", 15)]
    public void Reward_shaping_agrees_with_the_independent_reading(string file, int least)
    {
        var cases = 0;
        foreach (var (name, input, expected) in Golden.Cases(file))
        {
            var isCopied = input.TryGetProperty("copied_value", out var copied) && copied.ValueKind != JsonValueKind.Null;
            var settings = new ShapingSettings
            {
                Map = input.GetProperty("map").GetString() switch
                {
                    "signed" => RewardMap.Signed,
                    "paper_literal" => RewardMap.PaperLiteral,
                    _ => RewardMap.ProbabilityDifference,
                },
                Penalty = input.GetProperty("penalty").GetString() switch
                {
                    "shifted" => LengthPenalty.Shifted,
                    "product" => LengthPenalty.Product,
                    _ => LengthPenalty.None,
                },
                RepeatRule = input.GetProperty("repeat_rule").GetBoolean(),
                RepeatValue = input.TryGetProperty("repeat_value", out var repeat) ? repeat.GetDouble() : -1,
                CopyRule = isCopied,
                CopiedValue = isCopied ? copied.GetDouble() : -1,
                NewWordRule = input.TryGetProperty("new_word_rule", out var rule) && rule.GetBoolean(),
                FormPenalty = input.TryGetProperty("form_penalty", out var form) ? form.GetDouble() : 0,
                MalformedValue = 0,
                Alpha = input.GetProperty("alpha").GetDouble(),
                SoftLength = input.GetProperty("soft_length").GetDouble(),
                DivideByWords = input.GetProperty("divide_by_words").GetBoolean(),
                KlWeight = input.GetProperty("beta").GetDouble(),
            };
            ScoredToken[] tokens = [.. input.GetProperty("tokens").EnumerateArray().Select(Token)];
            string[] words = [.. input.GetProperty("words").EnumerateArray().Select(w => w.GetString()!)];
            var queries = new int[words.Length];
            var guards = WordGuards.None;
            if (input.TryGetProperty("queries", out var lists))
            {
                foreach (var (query, list) in lists.EnumerateArray().Index())
                {
                    foreach (var word in list.EnumerateArray()) queries[word.GetInt32()] = query;
                }

                string[] history = [.. input.GetProperty("history").EnumerateArray().Select(s => s.GetString()!)];
                guards = WordGuards.Of(words, queries, history, history);
            }

            var rewards = TokenRewards.Shape(tokens, words, guards, settings);
            if (settings.FormPenalty > 0)
            {
                var given = queries.Where((_, w) => Words.Normalise(words[w]).Length > 0).Distinct().Count();
                TokenRewards.AddForm(rewards, given, input.GetProperty("queries_wanted").GetInt32(), input.GetProperty("finished").GetBoolean(), settings);
            }

            var (old, reference) = (input.GetProperty("old_logprobs").Doubles(), input.GetProperty("ref_logprobs").Doubles());
            var (before, after) = (expected.GetProperty("rewards").Doubles(), expected.GetProperty("rewards_with_kl").Doubles());
            for (var l = 0; l < tokens.Length; l++)
            {
                Golden.Near(before[l], rewards[l], $"{name}, token {l}");
                Golden.Near(after[l], rewards[l] - (settings.KlWeight * (old[l] - reference[l])), $"{name}, token {l} with KL");
            }

            cases++;
        }

        Assert.True(cases >= least);

        static ScoredToken Token(JsonElement t)
        {
            var p = t.GetProperty("probabilities").Doubles();
            var word = t.GetProperty("word");
            return new ScoredToken(
                Categories.Of(t.GetProperty("category").GetSByte()), word.ValueKind == JsonValueKind.Null ? Alignment.NoWord : word.GetInt32(),
                t.GetProperty("eos").GetBoolean(), p[1], p[2]);
        }
    }

    [Fact]
    public void Statistics_agree_with_SciPy_statsmodels_and_scikit_learn()
    {
        var cases = 0;
        foreach (var (name, input, expected) in Golden.Cases("statistics.jsonl"))
        {
            if (name.StartsWith("wilson", StringComparison.Ordinal))
            {
                var interval = Wilson.Of(input.GetProperty("successes").GetInt32(), input.GetProperty("n").GetInt32());
                Golden.Near(expected.GetProperty("low").GetDouble(), interval.Low, name);
                Golden.Near(expected.GetProperty("high").GetDouble(), interval.High, name);
            }
            else if (name == "mcnemar")
            {
                var result = PairedTest.McNemar(input.GetProperty("only_first").GetInt32(), input.GetProperty("only_second").GetInt32());
                Golden.Near(expected.GetProperty("exact_p").GetDouble(), result.ExactP, name);
                Golden.Near(expected.GetProperty("chi2_corrected").GetDouble(), result.Chi2, name);
                Golden.Near(expected.GetProperty("chi2_corrected_p").GetDouble(), result.Chi2P, name);
            }
            else if (name == "paired t")
            {
                // The file has first − second.
                var result = PairedTest.T(input.GetProperty("second").Doubles(), input.GetProperty("first").Doubles());
                Golden.Near(expected.GetProperty("mean_difference").GetDouble(), result.Mean, name);
                Golden.Near(expected.GetProperty("t").GetDouble(), result.T, name);
                Golden.Near(expected.GetProperty("p").GetDouble(), result.P, name);
                Golden.Near(expected.GetProperty("low").GetDouble(), result.Low, name);
                Golden.Near(expected.GetProperty("high").GetDouble(), result.High, name);
            }
            else if (name.StartsWith("roc auc", StringComparison.Ordinal))
            {
                bool[] labels = [.. input.GetProperty("labels").EnumerateArray().Select(l => l.GetInt32() == 1)];
                var scores = input.GetProperty("scores").Doubles();
                var auc = Ranking.Auc(scores, labels);
                if (expected.GetProperty("auc").ValueKind == JsonValueKind.Null) Assert.Null(auc);
                else Golden.Near(expected.GetProperty("auc").GetDouble(), auc!.Value, name);
                if (!expected.TryGetProperty("brier", out var brier)) continue;
                Golden.Near(brier.GetDouble(), Ranking.Brier(scores, labels), name);
                Golden.Near(expected.GetProperty("log_loss").GetDouble(), Ranking.LogLoss(scores, labels), name);
            }
            else
            {
                continue;
            }

            cases++;
        }

        Assert.True(cases >= 20, $"{cases} cases");
    }

    [Fact]
    public void A_token_cut_inside_a_character_keeps_its_place_in_the_response()
    {
        var bytes = Encoding.UTF8.GetBytes(" café");
        ReadOnlyMemory<byte>[] tokens = [bytes.AsMemory(0, 5), bytes.AsMemory(5, 1), new byte[] { 0xFF }];
        var response = ResponseText.Of(tokens);
        Assert.Equal(" café\uFFFD", response.Text);
        Assert.Equal([0, 5, 6], response.ByteStarts);
        Assert.Equal([5, 6, 9], response.ByteEnds);
    }
}
