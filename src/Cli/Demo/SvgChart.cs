using System.Globalization;
using System.Net;
using System.Text;

namespace Tppo.Cli.Demo;

/// <summary>One line of a chart.</summary>
internal sealed record ChartLine(string Name, string Colour, IReadOnlyList<(double X, double Y)> Points);

/// <summary>A line chart as SVG: axes with round ticks, a grid, a legend; nothing from outside.</summary>
internal static class SvgChart
{
    private const int Width = 520, Height = 260, Left = 56, Right = 16, Top = 34, Bottom = 40;

    /// <summary>The chart; empty where there is nothing to draw.</summary>
    public static string Draw(string title, string xAxis, params IReadOnlyList<ChartLine> lines)
    {
        var points = lines.SelectMany(l => l.Points).Where(p => double.IsFinite(p.Y)).ToList();
        if (points.Count == 0) return "";
        var x = Axis(points.Min(p => p.X), points.Max(p => p.X));
        var y = Axis(points.Min(p => p.Y), points.Max(p => p.Y));
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{Text(title)}\">");
        svg.Append(CultureInfo.InvariantCulture, $"<text class=\"title\" x=\"{Left}\" y=\"18\">{Text(title)}</text>");
        foreach (var tick in y.Ticks)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(tick):F1}\" y2=\"{Y(tick):F1}\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text class=\"tick\" text-anchor=\"end\" x=\"{Left - 6}\" y=\"{Y(tick) + 4:F1}\">{tick:G4}</text>");
        }

        foreach (var tick in x.Ticks)
            svg.Append(
                CultureInfo.InvariantCulture, $"<text class=\"tick\" text-anchor=\"middle\" x=\"{X(tick):F1}\" y=\"{Height - Bottom + 16}\">{tick:G6}</text>");
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<text class=\"tick\" text-anchor=\"middle\" x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 6}\">{Text(xAxis)}</text>");
        foreach (var (i, line) in lines.Index())
        {
            var path = string.Join(
                ' ', line.Points.Where(p => double.IsFinite(p.Y)).Select(p => string.Create(CultureInfo.InvariantCulture, $"{X(p.X):F1},{Y(p.Y):F1}")));
            svg.Append(CultureInfo.InvariantCulture, $"<polyline fill=\"none\" stroke=\"{line.Colour}\" stroke-width=\"2\" points=\"{path}\"/>");
            if (lines.Count < 2) continue;
            var at = Width - Right - 110 * (lines.Count - i);
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<rect x=\"{at}\" y=\"9\" width=\"10\" height=\"10\" fill=\"{line.Colour}\"/><text class=\"tick\" x=\"{at + 14}\" "
                    + $"y=\"18\">{Text(line.Name)}</text>");
        }

        return svg.Append("</svg>").ToString();

        double X(double v) => Left + ((v - x.Low) / (x.High - x.Low) * (Width - Left - Right));
        double Y(double v) => Height - Bottom - ((v - y.Low) / (y.High - y.Low) * (Height - Top - Bottom));
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);

    // Ticks at 1, 2 or 5 times a power of ten, four to eight of them.
    private static (double Low, double High, List<double> Ticks) Axis(double low, double high)
    {
        if (high - low < 1e-9) (low, high) = (low - 0.5, high + 0.5);
        var raw = (high - low) / 5;
        var power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        var step = power * ((raw / power) switch { <= 1.5 => 1, <= 3.5 => 2, <= 7.5 => 5, _ => 10 });
        var (first, last) = (Math.Floor(low / step), Math.Ceiling(high / step));
        return (first * step, last * step, [.. Enumerable.Range(0, (int)(last - first) + 1).Select(i => Math.Round((first + i) * step, 10))]);
    }
}
