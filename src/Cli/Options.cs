using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;
using Tppo.Core.Settings;

namespace Tppo.Cli;

/// <summary>Options whose values are read in one way whatever the locale: "1,5" is no number, "a,b" no name.</summary>
internal static class Options
{
    private const NumberStyles Plain = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    /// <summary>A whole number that may be left out.</summary>
    public static Option<T?> Whole<T>(string name)
        where T : struct, IBinaryInteger<T> => new(name) { CustomParser = result => Read<T>(result, NumberStyles.AllowLeadingSign, "a whole number") };

    /// <summary>A whole number with a default.</summary>
    public static Option<T> Whole<T>(string name, T otherwise)
        where T : struct, IBinaryInteger<T> => new(name)
        {
            CustomParser = result => Read<T>(result, NumberStyles.AllowLeadingSign, "a whole number") ?? otherwise,
            DefaultValueFactory = _ => otherwise,
        };

    /// <summary>A number that may be left out.</summary>
    public static Option<double?> Number(string name) => new(name) { CustomParser = result => Read<double>(result, Plain, "a number") };

    /// <summary>One name of a kind's values, with a default.</summary>
    public static Option<T> OneOf<T>(string name, T otherwise)
        where T : struct, Enum => new(name)
        {
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                if (OneName.TryParse<T>(text, out var value)) return value;
                result.AddError($"{name}: expected {OneName.Choices<T>()}, found \"{text}\"");
                return otherwise;
            },
            DefaultValueFactory = _ => otherwise,
        };

    /// <summary>One name of a kind's values, that may be left out.</summary>
    public static Option<T?> MaybeOneOf<T>(string name)
        where T : struct, Enum => new(name)
        {
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                if (OneName.TryParse<T>(text, out var value)) return value;
                result.AddError($"{name}: expected {OneName.Choices<T>()}, found \"{text}\"");
                return null;
            },
        };

    private static T? Read<T>(ArgumentResult result, NumberStyles styles, string expected)
        where T : struct, INumberBase<T>
    {
        if (result.Tokens.Count == 0) return null;
        var text = result.Tokens[0].Value;
        if (T.TryParse(text, styles, CultureInfo.InvariantCulture, out var value) && T.IsFinite(value)) return value;
        result.AddError($"{((OptionResult)result.Parent!).Option.Name}: expected {expected}, found \"{text}\"");
        return null;
    }
}
