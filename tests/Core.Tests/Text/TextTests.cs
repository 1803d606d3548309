using System.Text;
using CsCheck;
using Tppo.Core.Judging;
using Tppo.Core.Text;
using Tppo.Core.Windows;

namespace Tppo.Core.Tests;

public class TextTests
{
    private static readonly string[] Pieces = [" ", "  ", ",", "a", "trail", "é", "日本", "😀", "\u00A0", "\t", "!", "ß", "x-y"];
    private static readonly Gen<string> Responses = Gen.Int[0, Pieces.Length - 1].Select(i => Pieces[i]).Array[0, 12].Select(string.Concat);

    [Fact]
    public void Words_lie_between_white_space_and_commas_and_know_their_bytes_and_their_query()
    {
        var words = Words.Split(" é tea,,\u2003kettle");
        Assert.Equal([new Word("é", 1, 3, 0), new Word("tea", 4, 7, 0), new Word("kettle", 12, 18, 2)], words);
    }

    [Fact]
    public void A_words_span_holds_just_its_bytes() => Responses.Sample(response =>
    {
        var bytes = Encoding.UTF8.GetBytes(response);
        return Words.Split(response).All(w => Encoding.UTF8.GetString(bytes[w.Start..w.End]) == w.Text);
    });

    [Theory]
    [InlineData("  Red   Shoes ", "Red Shoes", "red shoes")]
    [InlineData("a\tb\u00A0c", "a b c", "a b c")]
    [InlineData("", "", "")]
    [InlineData(" ", "", "")]
    public void Queries_are_trimmed_and_collapsed_and_repeats_ignore_case(string text, string collapsed, string key) =>
        Assert.Equal((collapsed, key), (QueryText.Collapse(text), QueryText.RepeatKey(HistoryText.Of(text))));

    [Fact]
    public void A_response_has_one_space_before_it_and_no_commas_inside_its_queries()
    {
        Assert.Equal(" red shoes, size 1000, x", QueryText.Response(["red, shoes", "size 1,000", " x "]));
        Assert.Equal(["red shoes", "", "x"], QueryText.Queries(" red  shoes,, x"));
    }

    [Fact]
    public void Token_spans_run_through_the_text_without_gap_or_overlap_whatever_the_bytes() =>
        Gen.Byte.Array[0, 5].Array[0, 8].Sample(tokens =>
        {
            var response = ResponseText.Of([.. tokens.Select(t => (ReadOnlyMemory<byte>)t)]);
            var at = 0;
            for (var i = 0; i < tokens.Length; i++)
            {
                if (response.ByteStarts[i] != at || response.ByteEnds[i] < at) return false;
                at = response.ByteEnds[i];
            }

            return at == Encoding.UTF8.GetByteCount(response.Text);
        });

    [Fact]
    public void Tokens_of_valid_text_keep_their_bytes() => Gen.Select(Responses, Gen.Int[1, 5]).Sample((text, size) =>
    {
        ReadOnlyMemory<byte>[] tokens = [.. Encoding.UTF8.GetBytes(text).Chunk(size).Select(c => (ReadOnlyMemory<byte>)c)];
        var response = ResponseText.Of(tokens);
        return response.Text == text && tokens.Select((t, i) => response.ByteEnds[i] - response.ByteStarts[i] == t.Length).All(x => x);
    });

    [Fact]
    public void A_token_has_the_category_of_the_only_word_it_overlaps_and_none_where_it_overlaps_none() =>
        Gen.Select(Responses, Gen.Int[1, 6]).Sample((text, size) =>
        {
            var words = Words.Split(text);
            var length = Encoding.UTF8.GetByteCount(text);
            int[] starts = [.. Enumerable.Range(0, (length + size - 1) / size).Select(i => i * size)];
            int[] ends = [.. starts.Select(s => Math.Min(length, s + size))];
            var owner = Alignment.WordOfToken(words, starts, ends);
            Category[] categories = [.. words.Select((_, i) => i % 2 == 0 ? Category.Irrelevant : Category.Relevant)];
            var found = Alignment.CategoryOfToken(owner, categories);
            for (var t = 0; t < starts.Length; t++)
            {
                var overlapped = words.Index().Where(w => w.Item.Start < ends[t] && w.Item.End > starts[t]).Select(w => w.Index).ToList();
                if (overlapped.Count == 0 ? owner[t] != Alignment.NoWord || found[t] != Category.None : !overlapped.Contains(owner[t])) return false;
                if (overlapped.Count == 1 && found[t] != categories[overlapped[0]]) return false;
            }

            return true;
        });

    [Fact]
    public void On_a_tie_the_earlier_word_owns_the_token() =>
        Assert.Equal([0, 0, 1], Alignment.WordOfToken(Words.Split("ab cd"), [0, 1, 4], [1, 4, 5]));
}
