using Tppo.Core.Judging;
using Tppo.Core.Numerics;

namespace Tppo.Labeler;

/// <summary>
/// A control: the same labels, dealt out anew among the words of a record (and whole scores among its responses), so that
/// nothing can be learned from them. A method that still seems to win has a leak.
/// </summary>
internal static class LabelControl
{
    public static List<(string Hash, JudgeAnswer Answer)> Shuffled(IReadOnlyList<(string Hash, JudgeAnswer Answer)> answers, long seed, string record)
    {
        var random = SeededRandom.For("shuffled labels", seed, record);
        var words = answers.SelectMany(a => a.Answer.Words).ToArray();
        var wholes = answers.Select(a => a.Answer.Whole).ToArray();
        random.Shuffle(words.AsSpan());
        random.Shuffle(wholes.AsSpan());
        var at = 0;
        var dealt = new List<(string, JudgeAnswer)>(answers.Count);
        for (var i = 0; i < answers.Count; i++)
        {
            var count = answers[i].Answer.Words.Count;
            dealt.Add((answers[i].Hash, new JudgeAnswer(words[at..(at + count)], wholes[i])));
            at += count;
        }

        return dealt;
    }
}
