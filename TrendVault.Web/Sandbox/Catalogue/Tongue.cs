namespace TrendVault.Web.Sandbox.Catalogue;

/// <summary>
/// The words that titles are made of in one language. In a pattern {a} and {b} are creators, {s} a song, {g} a game, {f} a film,
/// {t} a subject and {n} a number. All names are invented.
/// </summary>
internal sealed record Tongue
{
    public required string Code { get; init; }

    public required string[] Creators { get; init; }

    public required string[] Songs { get; init; }

    public required string[] Games { get; init; }

    public required string[] Films { get; init; }

    public required string[] Subjects { get; init; }

    public required string[] Music { get; init; }

    public required string[] Gaming { get; init; }

    public required string[] Movies { get; init; }

    public required string[] General { get; init; }

    public required string[] Posts { get; init; }

    public required string[] Tags { get; init; }

    public static Tongue English { get; } = new()
    {
        Code = "en",
        Creators = ["Nora Vale", "The Paper Kites Club", "Marlow & Finch", "Deja Brooks", "Northbound", "Rally Desk", "Kit Harlan", "Iris Okoye", "Slow Cinema Society", "Pixel Foundry", "Tomas Reed", "Backyard Engineers", "Juno Park", "Saltwater Radio", "The Late Bus", "Ollie Tran", "Cass & Co", "Midnight Arcade"],
        Songs = ["Glass Summer", "Hold the Line", "Orbit", "Paper Moon", "Cold Coffee", "Wild Honey", "Neon Hearts", "Run It Back", "Ghost Light", "Ten Thousand Hours Away", "Lullaby for the City", "Static"],
        Games = ["Ember Isles", "Voidrunner 3", "Block Harbor", "Kingdoms Adrift", "Turbo League 26", "Hollow Star", "Farm & Fable", "Deadline Zero"],
        Films = ["The Last Lighthouse", "Red Meridian", "A House of Birds", "Gravity's Daughter", "The Quiet Shift", "Northern Line", "Paper Tigers", "Stormglass"],
        Subjects = ["a 100-year-old house", "the world's smallest café", "my grandmother's recipe", "an electric van", "the night sky", "a broken drone", "30 days without sugar", "the longest train ride", "a puppy", "city cycling"],
        Music = ["{a} - {s} (Official Video)", "{a} – {s} [Official Lyric Video]", "{a} ft. {b} - {s}", "{s} (Live at Harbour Hall)", "{a} - {s} (Official Audio)", "{a} performs \"{s}\" | Sofa Sessions", "{s} but it's lo-fi 🌧️ 1 hour"],
        Gaming = ["I Survived {n} Days in {g}", "{g} - Official Gameplay Trailer", "{g}: EVERYTHING New in Update {n}", "The {g} ending nobody found", "{g} but I can't touch the ground", "World Record! {g} any% in {n} minutes", "{a} vs {b}: {g} Grand Final 🏆"],
        Movies = ["{f} | Official Trailer (2026)", "{f} - Final Trailer", "{f}: First 10 Minutes", "The making of \"{f}\"", "{f} | Teaser | Only in cinemas", "Why {f} Broke the Box Office"],
        General = ["I spent {n} days with {t}", "We Need to Talk About {t}", "{t}: what nobody tells you", "Restoring {t} (full process)", "{n} things I learned from {t}", "How {t} actually works", "{a} reacts to {t} 😱", "Is {t} worth it in 2026?"],
        Posts = ["wait for it… 😳", "POV: {t}", "day {n} of {t}", "this is your sign to try {t} ✨", "nobody: / me with {t}", "part {n} because you asked", "{t} check ✅"],
        Tags = ["fyp", "foryou", "viral", "trending", "storytime", "diy", "gaming", "music", "travel", "recipe"],
    };

    public static Tongue Japanese { get; } = new()
    {
        Code = "ja",
        Creators = ["青空レコード", "ミナト", "夜更かしゲーム部", "さくら食堂", "ケンタの冒険", "星野あかり", "東京路地裏散歩", "ネコと暮らす", "電波少年団", "朝焼けシネマ", "ゆずチャンネル", "千年タクシー"],
        Songs = ["夏のガラス", "真夜中のプール", "さよならの速度", "春を待つ", "ひかりの輪", "東京ステレオ", "水色の手紙"],
        Games = ["エンバーアイルズ", "勇者食堂", "銀河鉄道物語", "ドラゴン農園", "忍者メイカー", "深海クラフト"],
        Films = ["最後の灯台", "猫と雨の日", "銀の海", "鳥の家", "雪国急行", "八月の約束"],
        Subjects = ["築百年の家", "世界一小さいカフェ", "おばあちゃんのレシピ", "電車の旅", "夜空", "子猫", "冬のキャンプ", "コンビニ飯だけの一週間"],
        Music = ["{a}「{s}」Music Video", "{a} – {s} / THE FIRST LIVE", "【歌ってみた】{s} / {a}", "{a} × {b}『{s}』(Official)", "{s}【作業用BGM 1時間】"],
        Gaming = ["【{g}】{n}時間耐久！クリアまで終われません", "{g} 公式トレーラー", "【実況】{g} 第{n}話「まさかの展開」", "{g}の裏技がヤバすぎたｗｗｗ", "最強装備で{g}を遊び尽くす #{n}"],
        Movies = ["映画『{f}』予告編", "『{f}』特報【2026年冬公開】", "映画『{f}』本編冒頭映像", "『{f}』舞台挨拶 全編"],
        General = ["{t}に{n}日間密着してみた", "{t}のすべて", "【検証】{t}は本当にすごいのか？", "{a}が{t}に挑戦！", "{t}を直してみた（完全版）", "知らないと損する{t}"],
        Posts = ["{t}の日常 🐾", "これ見て…", "{t}、やってみた！", "{n}日目", "待って、最後まで見て"],
        Tags = ["おすすめ", "fyp", "日常", "バズれ", "猫", "料理", "ゲーム実況", "東京"],
    };

    public static Tongue Korean { get; } = new()
    {
        Code = "ko",
        Creators = ["하늘소리", "LUMI:ON", "김밥연구소", "새벽라디오", "NOVA7", "고양이집사 민지", "게임하는 준호", "서울산책", "달빛극장", "여행하는 하루", "STELLA B", "불꽃주방"],
        Songs = ["여름의 끝", "Orbit", "너에게 가는 길", "밤하늘", "Sugar Rush", "첫눈", "파도"],
        Games = ["엠버 아일즈", "용사식당", "별의 왕국", "서울 레이서", "심해 크래프트", "마법학교 26"],
        Films = ["마지막 등대", "새들의 집", "은빛 바다", "겨울 급행", "그해 팔월"],
        Subjects = ["백년 된 한옥", "세상에서 가장 작은 카페", "할머니의 레시피", "야간열차", "길고양이", "편의점 음식", "서울의 밤"],
        Music = ["{a} '{s}' MV", "[MV] {a} _ {s}", "{a} - {s} (Performance Video)", "{a} '{s}' 4K 직캠 | 뮤직쇼 Ep.{n}", "{s} 1시간 연속듣기"],
        Gaming = ["{g} {n}일 생존기", "[{g}] 공식 트레일러", "{g} 레전드 역전승 ㄷㄷ", "{g} 업데이트 총정리", "{a} vs {b} {g} 결승전 하이라이트"],
        Movies = ["영화 <{f}> 메인 예고편", "<{f}> 티저 예고편", "{f} 10분 몰아보기", "<{f}> 제작기 영상"],
        General = ["{t}에서 {n}일 살아보기", "{t}, 아무도 말해주지 않은 것", "{t} 브이로그", "{a}의 {t} 도전기 🔥", "{t} 완벽 정리"],
        Posts = ["끝까지 봐줘 🥹", "{t} {n}일차", "{t} 챌린지!", "이거 실화냐", "오늘의 {t}"],
        Tags = ["추천", "fyp", "일상", "챌린지", "고양이", "먹방", "게임", "kpop"],
    };

    public static Tongue Portuguese { get; } = new()
    {
        Code = "pt",
        Creators = ["Banda Maré Alta", "Lia Nogueira", "Canal do Zeca", "Cozinha da Vó Nena", "MC Ventania", "Duda Joga", "Os Primos", "Trilha Sonora BR", "Rafa & Bia", "Cinema na Laje", "Família Estrada", "Sertão Elétrico"],
        Songs = ["Coração de Papel", "Saudade Boa", "Beira-Mar", "Não Vai Embora", "Samba da Lua", "Madrugada", "Chuva de Verão"],
        Games = ["Ilhas de Brasa", "Reino à Deriva", "Fazenda Encantada", "Liga Turbo 26", "Zumbis no Sertão"],
        Films = ["O Último Farol", "A Casa dos Pássaros", "Mar de Prata", "Expresso do Norte", "Agosto Sem Fim"],
        Subjects = ["uma casa de 100 anos", "o menor café do mundo", "a receita da minha avó", "um fusca elétrico", "o sertão à noite", "um filhote", "São Paulo de bicicleta"],
        Music = ["{a} - {s} (Clipe Oficial)", "{a} feat. {b} - {s} (Ao Vivo)", "{s} - {a} (Lyric Video)", "{a} - {s} | Som na Praça", "AS MAIS TOCADAS: {s}"],
        Gaming = ["SOBREVIVI {n} DIAS em {g}!", "{g}: trailer oficial dublado", "ZEREI {g} sem morrer (quase)", "{g} — atualização {n}: tudo que mudou", "{a} x {b}: final de {g}"],
        Movies = ["{f} | Trailer Oficial", "{f} | Teaser Dublado", "{f} - Bastidores", "Explicando o final de {f}"],
        General = ["Passei {n} dias com {t}", "A verdade sobre {t}", "Reformando {t} (do começo ao fim)", "{t}: vale a pena?", "{a} conhece {t} 😂", "{n} curiosidades sobre {t}"],
        Posts = ["espera até o final 😂", "dia {n} de {t}", "{t} é bom demais gente", "POV: {t}", "quem mais?? 👀"],
        Tags = ["fy", "paravoce", "viral", "humor", "receita", "futebol", "funk", "viagem"],
    };

    public static Tongue Hindi { get; } = new()
    {
        Code = "hi",
        Creators = ["सुर संगम", "Desi Gamers Adda", "आरव मेहरा", "Chai Pe Charcha", "रंगमंच Films", "Kavya Vlogs", "दादी की रसोई", "Bollywood Beats Co", "गली स्टूडियो", "Tech Bhaiya"],
        Songs = ["दिल की बारिश", "चाँदनी रात", "Tere Bina", "सावन", "Ishq Ka Safar", "रंग दे"],
        Games = ["Ember Isles", "Desi Street Racer", "Kingdoms Adrift", "Gully Cricket 26", "योद्धा"],
        Films = ["आख़िरी लाइटहाउस", "Red Meridian", "पंछी घर", "Mumbai Express", "अगस्त की शाम"],
        Subjects = ["सौ साल पुराना घर", "सबसे छोटा कैफ़े", "दादी की रेसिपी", "electric auto", "रात का आसमान", "street food", "Mumbai local"],
        Music = ["{s} - {a} | Official Video", "{s} (Full Song) {a} | {b}", "{s} | लिरिकल वीडियो | {a}", "{a} - {s} | New Song 2026", "{s} Lofi 🌙 {a}"],
        Gaming = ["{g} में {n} दिन! 😱", "{g} Official Trailer (Hindi)", "{g} New Update {n} | सब कुछ बदल गया", "NOOB vs PRO: {g}", "{a} vs {b} | {g} Final"],
        Movies = ["{f} | Official Trailer | हिंदी", "{f} - Teaser", "{f}: पूरी कहानी", "{f} Movie Review | {a}"],
        General = ["{t} के साथ {n} दिन", "{t} का सच 😳", "{t} कैसे काम करता है?", "{a} ने देखा {t}!", "{n} बातें जो {t} ने सिखाईं", "{t}: क्या यह सही है?"],
        Posts = ["रुको ज़रा… 😂", "{t} 🔥", "day {n} of {t}", "आख़िर तक देखो", "POV: {t}"],
        Tags = ["fyp", "viral", "india", "desi", "comedy", "cricket", "bollywood", "food"],
    };

    public static Tongue German { get; } = new()
    {
        Code = "de",
        Creators = ["Mara Sommer", "Die Nachtbusfahrer", "Werkstatt Wieland", "Küche & Kram", "Jonas spielt", "Kino Hinterhof", "Fernweh-Fritz", "Radio Übersee", "Lena Groß", "Zwei Halbe", "Brückentag", "Spätzlekönig"],
        Songs = ["Sommer aus Glas", "Leise Lichter", "Über den Dächern", "Kein Zurück", "Mitternachtsblau", "Wo die Züge schlafen"],
        Games = ["Glutinseln", "Königreiche auf See", "Bauernhof & Fabel", "Turboliga 26", "Sternenleere"],
        Films = ["Der letzte Leuchtturm", "Haus der Vögel", "Nordlinie", "Die stille Schicht", "Silbermeer"],
        Subjects = ["ein hundertjähriges Haus", "das kleinste Café der Welt", "Omas Rezept", "ein Elektro-Bulli", "der Nachthimmel", "die längste Zugfahrt", "ein Schrebergarten"],
        Music = ["{a} – {s} (Offizielles Video)", "{a} feat. {b} – {s}", "{a} – {s} | Live im Kulturbahnhof", "{s} (Akustikversion)", "{a} – {s} [Songtext]"],
        Gaming = ["{n} Tage überleben in {g}", "{g} – Trailer (deutsch)", "{g}: Das größte Update aller Zeiten?", "Ich habe {g} durchgespielt, ohne zu springen", "{a} gegen {b}: {g}-Finale"],
        Movies = ["{f} | Offizieller Trailer | Deutsch HD", "{f} – Teaser", "{f}: Die ersten 10 Minuten", "Wie „{f}“ entstand"],
        General = ["{n} Tage, eine Aufgabe: {t}", "{t}: Das sagt dir niemand", "Was {t} wirklich kostet", "{a} testet: {t}", "Großes Missverständnis? {t}", "{t} – die ganze Geschichte"],
        Posts = ["wartet bis zum Ende 😅", "Tag {n}: {t}", "{t} – wer kennt's?", "POV: {t}", "Teil {n}, weil ihr gefragt habt"],
        Tags = ["fyp", "fürdich", "viral", "deutsch", "rezept", "fußball", "reisen", "handwerk"],
    };

    public static Tongue French { get; } = new()
    {
        Code = "fr",
        Creators = ["Élise Morin", "Les Heures Bleues", "Atelier Rouille", "Chez Mamie Odette", "Théo Joue", "Cinéma du Coin", "La Grande Boucle", "Radio Corsaire", "Noé & Zoé", "Café Noisette", "Drôle d'Oiseau"],
        Songs = ["L'été de verre", "À contre-jour", "Rue des Lilas", "Minuit passé", "La mer est loin", "Tant pis pour nous"],
        Games = ["Îles de Braise", "Royaumes à la dérive", "Ligue Turbo 26", "La Ferme enchantée", "Étoile creuse"],
        Films = ["Le Dernier Phare", "La Maison des oiseaux", "Ligne Nord", "L'Équipe de nuit", "Mer d'argent"],
        Subjects = ["une maison centenaire", "le plus petit café du monde", "la recette de ma grand-mère", "un van électrique", "le ciel de nuit", "un chiot", "Paris à vélo"],
        Music = ["{a} - {s} (Clip officiel)", "{a} feat. {b} – {s}", "{a} – « {s} » en session acoustique", "{s} (paroles)", "{a} - {s} | Live à l'Olympe"],
        Gaming = ["{n} JOURS pour survivre dans {g}", "{g} : bande-annonce officielle", "{g} : tout savoir sur la mise à jour {n}", "Le secret de {g} enfin trouvé !", "{a} contre {b} — finale de {g}"],
        Movies = ["{f} – Bande-annonce officielle VF", "{f} | Teaser", "{f} : les 10 premières minutes", "« {f} » : les coulisses"],
        General = ["J'ai passé {n} jours avec {t}", "La vérité sur {t}", "{t} : ce qu'on ne vous dit pas", "{a} découvre {t} 😮", "On a restauré {t}", "{n} choses à savoir : {t}"],
        Posts = ["attends la fin 😭", "jour {n} : {t}", "{t}, dites-moi que je ne suis pas seul·e", "POV : {t}", "partie {n} !"],
        Tags = ["pourtoi", "fyp", "viral", "humour", "recette", "foot", "voyage", "musique"],
    };

    public static Tongue Spanish { get; } = new()
    {
        Code = "es",
        Creators = ["Camila Ríos", "Los del Camión", "Taller del Tío Beto", "Cocina de la Abuela Chelo", "Iker Juega", "Cine de Barrio MX", "Ruta Norte", "Radio Nopal", "Valen y Memo", "La Última Parada", "Sol Menor"],
        Songs = ["Verano de Cristal", "Corazón en Ruta", "Mil Noches", "Quédate Tantito", "Luna de Barrio", "Contra el Viento"],
        Games = ["Islas de Brasa", "Reinos a la Deriva", "Liga Turbo 26", "Granja y Fábula", "Estrella Hueca"],
        Films = ["El Último Faro", "La Casa de los Pájaros", "Línea Norte", "El Turno Callado", "Mar de Plata"],
        Subjects = ["una casa de 100 años", "el café más pequeño del mundo", "la receta de mi abuela", "un vocho eléctrico", "el cielo de noche", "un cachorro", "los tacos de la esquina"],
        Music = ["{a} - {s} (Video Oficial)", "{a} ft. {b} - {s}", "{s} (En Vivo desde Plaza Mayor) - {a}", "{a} — {s} (Letra)", "{s} | Corridos y más | {a}"],
        Gaming = ["Sobreviví {n} DÍAS en {g}", "{g}: tráiler oficial", "¿El FINAL secreto de {g}?", "{g}: todo lo nuevo de la versión {n}", "{a} vs {b} | Gran final de {g}"],
        Movies = ["{f} | Tráiler Oficial", "{f} - Avance doblado", "{f}: los primeros 10 minutos", "Así se hizo «{f}»"],
        General = ["Pasé {n} días con {t}", "¿Qué pasa con {t}?", "{t}: lo que nadie te dice", "¡{a} prueba {t}! 🌮", "Restauramos {t} (completo)", "{n} cosas que aprendí de {t}"],
        Posts = ["espérate al final 😂", "día {n} con {t}", "¿{t}? sí, por favor", "POV: {t}", "parte {n} porque la pidieron"],
        Tags = ["parati", "fyp", "viral", "humor", "receta", "futbol", "mexico", "viaje"],
    };

    public static Tongue Vietnamese { get; } = new()
    {
        Code = "vi",
        Creators = ["Mây Trắng", "Bếp Nhà Ngoại", "Hùng Chơi Game", "Rạp Phim Đầu Ngõ", "Linh Đan", "Phố Đêm", "Hai Lúa Sáng Chế", "Sài Gòn Radio", "Nhóm Nắng", "Ốc Đảo Xanh"],
        Songs = ["Mùa Hè Thủy Tinh", "Ngày Mưa Tháng Tám", "Về Nhà", "Đường Xa Ướt Mưa", "Ánh Trăng Quê", "Chờ Người"],
        Games = ["Quần Đảo Lửa", "Nông Trại Cổ Tích", "Vương Quốc Trôi", "Đua Xe Phố Cổ", "Thợ Xây Biển Sâu"],
        Films = ["Ngọn Hải Đăng Cuối Cùng", "Ngôi Nhà Của Chim", "Chuyến Tàu Bắc Nam", "Biển Bạc", "Ca Đêm"],
        Subjects = ["ngôi nhà trăm tuổi", "quán cà phê nhỏ nhất thế giới", "công thức của bà", "xe điện tự chế", "bầu trời đêm", "chú mèo con", "ẩm thực đường phố"],
        Music = ["{a} - {s} (Official MV)", "{s} - {a} ft. {b} | Lyrics Video", "{a} | {s} | Live Session", "{s} (Lofi Ver.) - {a}", "Liên khúc {s} hay nhất"],
        Gaming = ["{n} ngày sinh tồn trong {g}", "{g} | Trailer chính thức", "{g}: bản cập nhật {n} có gì mới?", "Phá đảo {g} không chết lần nào", "Chung kết {g}: {a} vs {b}"],
        Movies = ["{f} | Trailer chính thức", "{f} - Teaser", "10 phút đầu phim {f}", "Hậu trường phim \"{f}\""],
        General = ["{n} ngày cùng {t}", "Sự thật về {t}", "{t} – điều không ai nói với bạn", "{a} thử thách: {t} 😆", "Phục chế {t}", "Có nên tin vào {t}?"],
        Posts = ["đợi đến cuối nha 😂", "ngày {n}: {t}", "ai giống tui hông?", "POV: {t}", "phần {n} đây ạ"],
        Tags = ["xuhuong", "fyp", "viral", "haihuoc", "amthuc", "bongda", "dulich", "nhachay"],
    };

    public static Tongue Arabic { get; } = new()
    {
        Code = "ar",
        Creators = ["قهوة الصباح", "ليلى منصور", "ألعاب سامي", "سينما الحارة", "مطبخ جدتي", "راديو البحر"],
        Songs = ["صيف من زجاج", "ليل المدينة", "ارجع لي", "قمر الحي", "على مهلك"],
        Games = ["جزر الجمر", "ممالك تائهة", "سباق المدن 26", "نجم أجوف"],
        Films = ["المنارة الأخيرة", "بيت الطيور", "بحر من فضة", "خط الشمال"],
        Subjects = ["بيت عمره مئة عام", "أصغر مقهى في العالم", "وصفة جدتي", "سماء الليل", "قطة صغيرة"],
        Music = ["{a} - {s} (فيديو كليب)", "{s} | {a} و {b}", "{a} - {s} [كلمات]"],
        Gaming = ["{n} يوم في {g}!", "{g} - الإعلان الرسمي", "كل جديد {g} تحديث {n}"],
        Movies = ["{f} | الإعلان الرسمي", "كواليس فيلم «{f}»", "{f} - أول 10 دقائق"],
        General = ["{n} يوم مع {t}", "حقيقة {t}", "{a} يجرب {t} 😂", "كل ما تريد معرفته عن {t}"],
        Posts = ["شوفوا للنهاية 😂", "اليوم {n}: {t}", "{t} ✨"],
        Tags = ["اكسبلور", "fyp", "ترند", "ضحك", "طبخ"],
    };

    /// <summary>The pattern family of a category.</summary>
    public string[] PatternsFor(int category) => category switch
    {
        Category.Music => Music,
        Category.Gaming => Gaming,
        1 or 18 or >= Category.Movies => Movies,
        _ => General,
    };
}
