using System.Text.Json;
using static TorchSharp.torch;

namespace Tppo.Cli.Inspect;

/// <summary>
/// The shape that all grids of a line have: rows of one length, given by the line's mask. What has another is refused: tensors
/// would spread a column over the row.
/// </summary>
internal sealed class Grid
{
    private readonly JsonElement input;
    private readonly string like;

    private Grid(JsonElement input, string like) => (this.input, this.like) = (input, like);

    /// <summary>How many rows there are.</summary>
    public int Rows { get; private init; }

    /// <summary>How many columns each has.</summary>
    public int Columns { get; private init; }

    /// <summary>The shape of a field: at least one row, of at least one item.</summary>
    public static Grid Like(JsonElement input, string name)
    {
        var rows = Fields.List(Fields.Of(input, name), name);
        var columns = rows.Length == 0 ? 0 : Fields.List(rows[0], $"{name}[0]").Length;
        if (columns == 0) throw new FormatException($"{name}: expected at least one row of at least one token, found {rows.Length} rows of {columns}");
        return new Grid(input, name) { Rows = rows.Length, Columns = columns };
    }

    /// <summary>A field's items, row by row.</summary>
    public List<JsonElement> Items(string name)
    {
        var rows = Fields.List(Fields.Of(input, name), name, (Rows, "rows", like));
        return [.. rows.SelectMany((row, b) => Fields.List(row, $"{name}[{b}]", (Columns, "columns", like)))];
    }

    /// <summary>A field of finite numbers, as float64.</summary>
    public Tensor Numbers(string name) => Read(name, (x, at) => Fields.Number(x, at));

    /// <summary>A field of whole numbers from 0.</summary>
    public Tensor Wholes(string name, int most) => Read(name, (x, at) => Fields.Whole(x, at, 0, most));

    /// <summary>A field of zeros and ones.</summary>
    public Tensor Flags(string name) => Wholes(name, most: 1);

    /// <summary>A mask whose ones stand at the left of each row, padding behind them.</summary>
    public Tensor LeftMask(string name)
    {
        var mask = Flags(name);
        var flat = mask.data<double>().ToArray();
        for (var i = 1; i < flat.Length; i++)
        {
            if (i % Columns > 0 && flat[i] > flat[i - 1])
                throw new FormatException($"{name}[{i / Columns}]: expected its ones at the left, found a 0 before the 1 of token {i % Columns}");
        }

        return mask;
    }

    private Tensor Read(string name, Func<JsonElement, string, double> read) =>
        tensor([.. Items(name).Select((x, i) => read(x, $"{name}[{i / Columns}][{i % Columns}]"))], [Rows, Columns], float64);
}
