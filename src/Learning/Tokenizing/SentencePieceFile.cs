using Google.Protobuf;
using Tppo.Core.Text;

namespace Tppo.Learning.Tokenizing;

/// <summary>
/// The <c>tokenizer.model</c> of the SentencePiece library: a BPE whose merges go by the scores of their pieces. What a file asks for
/// beside that is refused by its key.
/// </summary>
/// <param name="Pieces">Text, score and kind of each token, by id.</param>
/// <param name="Unknown">The token of what no other stands for.</param>
/// <param name="PutsSpaceBefore">Whether a space is put before a text.</param>
internal sealed record SentencePieceFile(IReadOnlyList<SentencePiece> Pieces, int Unknown, bool PutsSpaceBefore)
{
    internal const string FileName = "tokenizer.model";
    private const int TokensMax = 1 << 22;

    // Numbers of fields in the library's sentencepiece_model.proto.
    private const int PiecesField = 1, TrainerField = 2, NormaliserField = 3;
    private const int PieceText = 1, PieceScore = 2, PieceKind = 3;
    private const int TrainerModel = 3, TrainerSpaceAsSuffix = 24, Bpe = 2;
    private const int NormaliserRules = 2, NormaliserSpaceBefore = 3, NormaliserTrims = 4, NormaliserEscapes = 5;

    /// <summary>Reads one.</summary>
    /// <exception cref="InvalidDataException">It is none, or asks for something that is not here.</exception>
    internal static SentencePieceFile Read(string path, byte[] bytes)
    {
        var pieces = new List<SentencePiece>();
        var (model, hasRules, spaceBefore, trims, escapes, asSuffix) = (1UL, false, true, true, true, false);
        try
        {
            Each(bytes, (field, input) =>
            {
                switch (field)
                {
                    case PiecesField:
                        pieces.Add(Piece(input.ReadBytes().ToByteArray()));
                        return pieces.Count <= TokensMax ? true : throw Expected(path, "pieces", $"at most {TokensMax}", "more");
                    case TrainerField:
                        Each(input.ReadBytes().ToByteArray(), (of, value) => of switch
                        {
                            TrainerModel => Take(model = value.ReadUInt64()),
                            TrainerSpaceAsSuffix => Take(asSuffix = value.ReadBool()),
                            _ => false,
                        });
                        return true;
                    case NormaliserField:
                        Each(input.ReadBytes().ToByteArray(), (of, value) => of switch
                        {
                            NormaliserRules => Take(hasRules = value.ReadBytes().Length > 0),
                            NormaliserSpaceBefore => Take(spaceBefore = value.ReadBool()),
                            NormaliserTrims => Take(trims = value.ReadBool()),
                            NormaliserEscapes => Take(escapes = value.ReadBool()),
                            _ => false,
                        });
                        return true;
                    default:
                        return false;
                }
            });
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new InvalidDataException($"{path}: not a SentencePiece model: {e.Message}", e);
        }

        if (model != Bpe) throw Expected(path, "trainer_spec.model_type", "2, BPE", $"{model}");
        if (asSuffix) throw Expected(path, "trainer_spec.treat_whitespace_as_suffix", "false", "true");
        if (hasRules) throw Expected(path, "normalizer_spec.precompiled_charsmap", "none: texts as they are", "rules");
        if (trims) throw Expected(path, "normalizer_spec.remove_extra_whitespaces", "false", "true");
        if (!escapes) throw Expected(path, "normalizer_spec.escape_whitespaces", "true", "false");
        return new SentencePieceFile(pieces, UnknownOf(path, pieces), spaceBefore);
    }

    private static bool Take<T>(T value)
    {
        _ = value;
        return true;
    }

    private static int UnknownOf(string path, List<SentencePiece> pieces)
    {
        var texts = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (id, piece) in pieces.Index())
        {
            if (piece.Text.Length == 0 || !texts.Add(piece.Text)) throw Expected(path, $"pieces[{id}]", "a text of its own", piece.Text);
            if (!float.IsFinite(piece.Score)) throw Expected(path, $"pieces[{id}].score", "a number", "none");
            if (piece.Kind is SentencePieceKind.UserDefined or SentencePieceKind.Unused || !Enum.IsDefined(piece.Kind))
                throw Expected(path, $"pieces[{id}].type", "normal, unknown, control or byte", $"{piece.Kind} ({piece.Text})");
            if (piece.Kind == SentencePieceKind.Byte && piece.Byte is null) throw Expected(path, $"pieces[{id}]", "a byte such as <0x0A>", piece.Text);
        }

        return pieces.FindIndex(p => p.Kind == SentencePieceKind.Unknown) is >= 0 and var unknown
            ? unknown
            : throw Expected(path, "pieces", "one for what is unknown", "none");
    }

    private static SentencePiece Piece(byte[] bytes)
    {
        var (text, score, kind) = ("", 0f, SentencePieceKind.Normal);
        Each(bytes, (field, input) => field switch
        {
            PieceText => Take(text = input.ReadString()),
            PieceScore => Take(score = input.ReadFloat()),
            PieceKind => Take(kind = (SentencePieceKind)input.ReadEnum()),
            _ => false,
        });
        return new SentencePiece(text, score, kind);
    }

    // Fields that nobody takes are passed over.
    private static void Each(byte[] message, Func<int, CodedInputStream, bool> take)
    {
        var input = new CodedInputStream(message);
        for (var tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            if (!take(WireFormat.GetTagFieldNumber(tag), input)) input.SkipLastField();
        }
    }

    private static InvalidDataException Expected(string path, string key, string what, string found) =>
        new($"{path}: {key}: expected {what}; found {Printable.Short(found)}");
}
