//! What somebody sees who is sent a link.

use cards::{Card, HEIGHT, MARGIN, Rgb, WIDTH, card};

/// The colour of each pixel, row by row.
struct Image(Vec<Vec<[u8; 3]>>);

fn draw(what: &Card<'_>) -> Image {
    let file = card(what).unwrap();
    assert!(file.len() <= 100 * 1024, "{} bytes", file.len());
    let mut decoder = png::Decoder::new(std::io::Cursor::new(file));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().unwrap();
    let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut bytes).unwrap();
    assert_eq!((info.width as usize, info.height as usize), (WIDTH, HEIGHT));
    assert_eq!(info.color_type, png::ColorType::Rgb);
    let pixels: Vec<[u8; 3]> = bytes.chunks_exact(3).map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
    Image(pixels.chunks(WIDTH).map(<[_]>::to_vec).collect())
}

impl Image {
    /// Left, top, right and bottom of everything that is not paper between two rows; `None` when there is nothing.
    fn ink(&self, from: usize, to: usize) -> Option<[usize; 4]> {
        let paper = self.0[HEIGHT - 1][0];
        let inked = (from..to).flat_map(|y| (0..WIDTH).map(move |x| (x, y))).filter(|&(x, y)| self.0[y][x] != paper);
        inked.fold(None, |bounds, (x, y)| {
            let [left, top, right, bottom] = bounds.unwrap_or([x, y, x, y]);
            Some([left.min(x), top.min(y), right.max(x), bottom.max(y)])
        })
    }

    /// Lines of text between two rows: runs of rows with ink in them.
    fn lines(&self, from: usize, to: usize) -> usize {
        let inked: Vec<bool> = (from..to).map(|y| self.ink(y, y + 1).is_some()).collect();
        inked.windows(2).filter(|pair| !pair[0] && pair[1]).count()
    }
}

const TITLE: (usize, usize) = (160, 500);

fn plain<'a>(title: &'a str) -> Card<'a> {
    Card {
        project: "Orbit Mail",
        title: Some(title),
        version: Some("v2.4.0"),
        date: Some("4 March 2026"),
        accent: Rgb::parse("#c2452b").unwrap(),
    }
}

#[track_caller]
fn assert_inside(image: &Image) {
    let [left, top, right, bottom] = image.ink(20, HEIGHT).unwrap();
    // Letters may reach a little beyond their width.
    assert!(left >= MARGIN - 4 && right <= WIDTH - MARGIN + 4, "{left} to {right}");
    assert!(top >= 60 && bottom <= HEIGHT - 40, "{top} to {bottom}");
}

#[test]
fn a_card_has_the_projects_colour_its_name_the_title_the_version_and_the_date() {
    let image = draw(&plain("Faster search, fewer surprises"));
    assert_eq!(image.0[4][600], [0xc2, 0x45, 0x2b]);
    assert!(image.ink(90, 140).is_some(), "the name");
    assert!(image.ink(TITLE.0, TITLE.1).is_some(), "the title");
    assert!(image.ink(530, 580).is_some(), "version and date");
    assert_inside(&image);
}

#[test]
fn a_long_german_title_is_wrapped_inside_the_margins() {
    for title in [
        "Benachrichtigungseinstellungen für Organisationsadministratoren lassen sich jetzt zentral verwalten und vererben",
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
        "Geschwindigkeitsbegrenzungsüberschreitungsbenachrichtigung",
    ] {
        let image = draw(&plain(title));
        assert_inside(&image);
        let lines = image.lines(TITLE.0, TITLE.1);
        assert!((2..=4).contains(&lines), "{lines} lines: {title}");
    }
}

#[test]
fn a_title_of_ten_thousand_characters_is_cut_and_not_slow() {
    for word in ["Endlos ", "W", "ANU-", "l", "日本 a"] {
        let image = draw(&plain(&word.repeat(10_000 / word.chars().count())));
        assert_inside(&image);
        assert!(image.lines(TITLE.0, TITLE.1) <= 4, "{word}");
    }
}

#[test]
fn a_script_without_letters_in_the_font_leaves_a_card_with_version_and_date() {
    for title in ["新しい検索機能が追加されました", "تحديث البحث", "🚀🚀🚀", "\u{0}\u{202e}\u{fffe}", ""]
    {
        let image = draw(&plain(title));
        let [_, top, _, bottom] = image.ink(TITLE.0, TITLE.1).expect("the version in place of the title");
        assert!(bottom - top > 30, "{title}");
        assert!(image.ink(530, 580).is_some(), "the date");
        assert_inside(&image);
    }
    let nothing = Card { project: "東京", title: Some("更新"), version: None, date: None, ..plain("") };
    assert_eq!(draw(&nothing).ink(20, HEIGHT), None);
}

#[test]
fn greek_and_cyrillic_are_drawn() {
    for title in ["Ταχύτερη αναζήτηση", "Швидший пошук і ґанок", "Tìm kiếm nhanh hơn", "Łódź, Čeština, Şirket"]
    {
        assert_ne!(draw(&plain(title)).0, draw(&plain("🚀")).0, "{title}");
        assert_inside(&draw(&plain(title)));
    }
}

#[test]
fn a_project_without_an_entry_shows_its_name_large() {
    let image = draw(&Card { title: None, ..plain("") });
    assert_eq!(image.ink(90, 140), None);
    let [_, top, _, bottom] = image.ink(TITLE.0, TITLE.1).unwrap();
    assert!(bottom - top > 50);
}

#[test]
fn letters_that_fit_together_are_moved_together() {
    let width = |title: &str| {
        let [left, _, right, _] = draw(&plain(title)).ink(TITLE.0, TITLE.1).unwrap();
        right - left
    };
    assert!(width("AVAVAV") + 10 < width("AAA") + width("VVV"));
}
