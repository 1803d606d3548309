using Tppo.Core.Numerics;
using Tppo.Learning.Models;

namespace Tppo.Learning.Training;

/// <summary>Makes the critic that TPPO starts with.</summary>
public static class Critic
{
    /// <summary>A decoder with a value head drawn by seed, on the backbone of a reward model or policy, which is left as it is.</summary>
    public static Decoder From(Decoder start, long seed)
    {
        var critic = new Decoder(start.Kind, DecoderHead.Value, SeededRandom.For("critic-weights", seed));
        critic.CopyFrom(start);
        return critic;
    }
}
