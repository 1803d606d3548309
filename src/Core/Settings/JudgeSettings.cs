using System.ComponentModel.DataAnnotations;
using Tppo.Core.Judging.Prompts;

namespace Tppo.Core.Settings;

/// <summary>Who judges and how it is asked. Run settings: they decide what is computed. Where it is reached and what it may cost are not.</summary>
public sealed record JudgeSettings
{
    /// <summary>Who. Default embedded.</summary>
    public JudgeKind Kind { get; init; } = JudgeKind.Embedded;

    /// <summary>The model's name at its endpoint; of a GGUF file <c>gguf-</c> and 16 digits of its SHA-256.</summary>
    public string Model { get; init; } = "";

    /// <summary>What it is asked for labels. Default v2.</summary>
    public TemplateName Template { get; init; } = TemplateName.V2;

    /// <summary>Its temperature. Default 0.</summary>
    [Range(0.0, 2.0)] public double Temperature { get; init; }

    /// <summary>Its seed, at endpoints that take one. Default 1.</summary>
    [Range(0L, long.MaxValue)] public long Seed { get; init; } = 1;

    /// <summary>Whether answers are held to their form where the endpoint can. Default true.</summary>
    public bool Held { get; init; } = true;

    /// <summary>How often a question is asked whose answer cannot be used. Default 3.</summary>
    [Range(1, 10)] public int Tries { get; init; } = 3;

    /// <summary>Questions with known answers mixed in, as a share of labels. Default 0.01.</summary>
    [Range(0.0, 1.0)] public double CanaryRate { get; init; } = 0.01;

    /// <summary>Whether it also says what is relevant in evaluations, in place of the embedded truth. Default false.</summary>
    public bool Evaluates { get; init; }
}
