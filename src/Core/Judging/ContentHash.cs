using System.Security.Cryptography;
using Tppo.Core.Windows;

namespace Tppo.Core.Judging;

/// <summary>H(model, template, input): the key under which an answer is kept, so that it is never bought twice.</summary>
public static class ContentHash
{
    /// <summary>64 hex digits.</summary>
    public static string Of(IJudge judge, JudgeInput input) => Of(judge.Model, judge.Template, input);

    /// <summary>64 hex digits.</summary>
    /// <param name="model"><see cref="IJudge.Model"/>.</param>
    /// <param name="template"><see cref="IJudge.Template"/>.</param>
    /// <param name="input">What it is asked about.</param>
    public static string Of(string model, string template, JudgeInput input) => input.Other.Length == 0
        ? Numerics.Digest.Sha256Hex(model, template, OfHistory(input.History), input.Response)
        : Numerics.Digest.Sha256Hex(model, template, OfHistory(input.History), input.Response, input.Other);

    /// <summary>A history's hash: type, time, text and url of every event.</summary>
    public static string OfHistory(IReadOnlyList<HistoryEvent> history) =>
        Convert.ToHexStringLower(SHA256.HashData(WindowJson.Write(new Window("", "", history, []))));
}
