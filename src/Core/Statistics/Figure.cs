using System.Globalization;

namespace Tppo.Core.Statistics;

/// <summary>Figures that may be undefined: – where people read them, null in JSON, NaN where Prometheus does. Never 0, which is a figure.</summary>
public static class Figure
{
    /// <summary>A figure for people.</summary>
    public static string Text(double? value, string format) =>
        value is { } v && double.IsFinite(v) ? v.ToString(format, CultureInfo.InvariantCulture) : "–";

    /// <summary>A figure for JSON.</summary>
    public static double? Known(double value) => double.IsFinite(value) ? value : null;

    /// <summary>A part of a whole; undefined where the whole is nothing.</summary>
    public static double? Share(int part, int whole) => whole == 0 ? null : (double)part / whole;
}
