using System.Buffers.Binary;
using System.Globalization;
using Tppo.Core.Numerics;
using Tppo.Core.Text;
using Tppo.Core.World;

namespace Tppo.Core.Judging;

/// <summary>
/// The embedded judge of the search world: the truth with noise. A clear word is flipped with 0.03, a near one with 0.20,
/// the whole with 0.05, all times <c>noise</c> and capped at 0.5. A hash of seed, history and word decides, so the same
/// question always gets the same answer.
/// </summary>
/// <param name="world">The world whose truth it knows.</param>
/// <param name="noise">0 the oracle itself, 1 a good judge, 2 a bad one.</param>
public sealed class OracleJudge(SearchWorld world, double noise) : IJudge
{
    private const double ClearFlip = 0.03;
    private const double NearFlip = 0.20;
    private const double WholeFlip = 0.05;
    private const double FlipMax = 0.5;
    private readonly WorldTruth truth = new(world);

    /// <inheritdoc/>
    public string Model { get; } = string.Create(CultureInfo.InvariantCulture, $"search-world/{world.Seed}/noise-{noise}");

    /// <inheritdoc/>
    public string Template => "embedded";

    /// <inheritdoc/>
    public ValueTask<JudgeReply> AskAsync(JudgeInput input, int attempt, CancellationToken cancellation)
    {
        var words = Words.Split(input.Response);
        var evidence = truth.Evidence(input.History);
        var history = noise > 0 ? ContentHash.OfHistory(input.History) : "";
        var categories = new Category[words.Count];
        for (var i = 0; i < categories.Length; i++)
        {
            var identity = Words.Normalise(words[i].Text);
            if (identity.Length == 0) continue; // nothing to judge: masked
            var word = truth.Word(evidence, identity);
            categories[i] = Score(word.Relevant, word.Near ? NearFlip : ClearFlip, history, identity);
        }

        var whole = Score(truth.Whole(evidence, input.Response), WholeFlip, history, "\u0000" + input.Response);
        return ValueTask.FromResult(JudgeReply.Embedded(words, categories, whole));
    }

    private Category Score(bool relevant, double flip, string history, string what)
    {
        var flipped = noise > 0 && Chance(history, what) < Math.Min(FlipMax, flip * noise);
        return Categories.Of(relevant ^ flipped);
    }

    private double Chance(string history, string what)
    {
        var hash = Digest.Sha256(world.Seed.ToString(CultureInfo.InvariantCulture), history, what);
        return (BinaryPrimitives.ReadUInt64BigEndian(hash) >> 11) * (1.0 / (1UL << 53));
    }
}
