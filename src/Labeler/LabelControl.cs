using Tppo.Core.Judging.Reading;
using Tppo.Core.Numerics;

namespace Tppo.Labeler;

/// <summary>
/// A control: the same labels, dealt out anew among the words of a record (and whole scores among its responses), so that
/// nothing can be learned from them. A method that still seems to win has a leak.
/// </summary>
internal static class LabelControl
{
    public static List<JudgeReading> Shuffled(IReadOnlyList<JudgeReading> readings, long seed, string record)
    {
        var random = SeededRandom.For("shuffled labels", seed, record);
        var words = readings.SelectMany(a => a.Words).ToArray();
        var wholes = readings.Select(a => a.Whole).ToArray();
        random.Shuffle(words.AsSpan());
        random.Shuffle(wholes.AsSpan());
        var at = 0;
        var dealt = new List<JudgeReading>(readings.Count);
        for (var i = 0; i < readings.Count; i++)
        {
            var count = readings[i].Words.Count;
            dealt.Add(readings[i] with { Words = words[at..(at + count)], Whole = wholes[i] });
            at += count;
        }

        return dealt;
    }
}
